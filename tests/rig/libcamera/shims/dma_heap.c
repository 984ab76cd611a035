// For LD_PRELOAD: memory files in place of /dev/dma_heap/*, which few kernels but the Raspberry Pi's offer.
// Opening a heap gives a memory file that is remembered as one; asking a heap for a buffer gives another, of that size.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/dma-buf.h>
#include <linux/dma-heap.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

enum { MOST_FILES = 65536, PAGE = 4096 };

static unsigned char is_heap[MOST_FILES];

static int names_heap(const char *path)
{
	return path && (!strcmp(path, "/dev/dma_heap/linux,cma") || !strcmp(path, "/dev/dma_heap/vidbuf_cached"));
}

static int new_heap(void)
{
	int fd = memfd_create("dma-heap", MFD_CLOEXEC);
	if (fd >= 0 && fd < MOST_FILES)
		is_heap[fd] = 1;
	return fd;
}

#define OPEN(name)                                                                  \
	int name(const char *path, int flags, ...)                                  \
	{                                                                           \
		static int (*real)(const char *, int, ...);                         \
		mode_t mode = 0;                                                    \
		if (names_heap(path))                                               \
			return new_heap();                                          \
		if (!real)                                                          \
			real = dlsym(RTLD_NEXT, #name);                             \
		if (flags & (O_CREAT | O_TMPFILE)) {                                \
			va_list rest;                                               \
			va_start(rest, flags);                                      \
			mode = va_arg(rest, mode_t);                                \
			va_end(rest);                                               \
		}                                                                   \
		return real(path, flags, mode);                                     \
	}
OPEN(open)
OPEN(open64)

int close(int fd)
{
	static int (*real)(int);
	if (!real)
		real = dlsym(RTLD_NEXT, "close");
	if (fd >= 0 && fd < MOST_FILES)
		is_heap[fd] = 0;
	return real(fd);
}

static int allocate(struct dma_heap_allocation_data *wanted)
{
	int fd = memfd_create("dma-buf", MFD_CLOEXEC);
	if (fd < 0)
		return -1;
	if (ftruncate(fd, (wanted->len + PAGE - 1) & ~(__u64)(PAGE - 1))) {
		int why = errno;
		close(fd);
		errno = why;
		return -1;
	}
	wanted->fd = fd;
	return 0;
}

// What keeps the processor's caches in step, and the buffers' names, mean nothing to a memory file.
static int is_for_dma_buffers(unsigned long request)
{
	unsigned long number = request & 0xffff;
	return number == (DMA_BUF_IOCTL_SYNC & 0xffff) || number == (DMA_BUF_SET_NAME & 0xffff);
}

int ioctl(int fd, unsigned long request, ...)
{
	static int (*real)(int, unsigned long, ...);
	va_list rest;
	va_start(rest, request);
	void *data = va_arg(rest, void *);
	va_end(rest);
	if (!real)
		real = dlsym(RTLD_NEXT, "ioctl");
	request &= 0xffffffffUL;
	if (fd >= 0 && fd < MOST_FILES && is_heap[fd] && request == DMA_HEAP_IOCTL_ALLOC)
		return allocate(data);
	if (is_for_dma_buffers(request) && fcntl(fd, F_GET_SEALS) >= 0)
		return 0;
	return real(fd, request, data);
}
