#include "verifier/labels.h"

const struct labels labels_en = {
    .words = &words_en,
    .kind = {"valid", "not confirmed", "cannot tell"},
    .name = "Name",
    .issuer = "Issued by",
    .phone = "Telephone",
    .valid_to = "Valid to",
    .serial = "Card number",
};
