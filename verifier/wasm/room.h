#ifndef WASM_ROOM_H
#define WASM_ROOM_H

#include <stddef.h>

/*
 * room(n): Returns ${n} bytes, zeroed and aligned to 16, that are never given
 *     back: an instance holds one set of lists, and a new set is a new
 *     instance. NULL if the memory may not grow that far (--max-memory).
 */
void *room(size_t n);

#endif
