// Swift's module of the C library lacks these functions.
#ifdef __linux__
#include <malloc.h>
#endif
