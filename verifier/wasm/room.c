#include "room.h"

#include <stdint.h>

#define PAGE  65536
#define ALIGN 16

extern unsigned char __heap_base; /* where the linker's data end */

void *
room(size_t n)
{
	static uintptr_t top;
	uintptr_t at;
	size_t have = __builtin_wasm_memory_size(0) * PAGE;

	if (top == 0)
		top = (uintptr_t)&__heap_base;
	at = (top + ALIGN - 1) & ~(uintptr_t)(ALIGN - 1);
	if (n > SIZE_MAX / 2 || at > SIZE_MAX / 2)
		return NULL;
	if (at + n > have && __builtin_wasm_memory_grow(0,
				 (at + n - have + PAGE - 1) / PAGE) == SIZE_MAX)
		return NULL;
	top = at + n;
	return (void *)at;
}
