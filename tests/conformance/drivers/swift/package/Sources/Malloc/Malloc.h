// Swift's own module of the C library leaves these out.
#ifdef __linux__
#include <malloc.h>
#endif
