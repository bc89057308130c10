package pg

import (
	"fmt"
	"strings"
	"syscall"
)

// All that decides who gets into the embedded cluster, and what it may lose, stands in this file.

const (
	database   = "mais" // the database's name
	socketPort = 5432   // only part of the socket's name: nothing listens on a network

	// initdb's choices, made once.
	encoding = "UTF8"
	locale   = "C.UTF-8" // sorts by code point, and does not change its order with the C library

	// smallShm is less than parallel queries want of /dev/shm. Containers often have no more; files do instead.
	smallShm = 256 << 20
	// tinyShm is less than initdb wants, which cannot be told to use files.
	tinyShm = 8 << 20
)

// settings returns PostgreSQL's settings. They go on its command line, where neither postgresql.conf nor ALTER SYSTEM can
// undo them. hba and ident are paths, sockets a directory, as the server sees them.
func settings(hba, ident, sockets string) []string {
	s := []string{
		// Who gets in: see accessRules.
		"listen_addresses=",
		"unix_socket_directories=" + sockets,
		"unix_socket_permissions=0700",
		fmt.Sprint("port=", socketPort),
		"hba_file=" + hba,
		"ident_file=" + ident,
		"password_encryption=scram-sha-256",

		// What an acknowledged commit means.
		"fsync=on",
		"full_page_writes=on",
		"synchronous_commit=on",

		// Room for every pool, in modest memory.
		"max_connections=220",
		"shared_buffers=128MB",
		"jit=off", // our queries are shorter than their compilation

		// What is logged. Messages of errors can quote what was entered, so they go to the client alone.
		"log_destination=stderr",
		"logging_collector=off",
		"log_min_messages=log",
		"log_min_error_statement=panic",
		"log_error_verbosity=terse",
		"log_statement=none",
		"log_checkpoints=off",
		"log_line_prefix=",
		"log_timezone=UTC",
		"timezone=UTC",
	}
	if freeShm() < smallShm {
		s = append(s, "dynamic_shared_memory_type=mmap")
	}
	return s
}

// freeShm returns how many bytes /dev/shm has left, 0 when there is none.
func freeShm() uint64 {
	var fs syscall.Statfs_t
	if err := syscall.Statfs("/dev/shm", &fs); err != nil {
		return 0
	}
	return fs.Bavail * uint64(fs.Bsize)
}

// accessRules is pg_hba.conf: the superuser by the kernel's word, the login roles by password, nobody else.
func accessRules() string {
	var names []string
	for _, r := range roles {
		names = append(names, string(r))
	}
	return "# Written anew at each start.\n" +
		"local all " + bootstrap + " peer map=mais\n" +
		"local all " + strings.Join(names, ",") + " scram-sha-256\n" +
		"local all all reject\n" +
		"host all all all reject\n" +
		"local replication all reject\n" +
		"host replication all all reject\n"
}

// identMap is pg_ident.conf: the operating system's users that may be the superuser.
func identMap(users ...string) string {
	var b strings.Builder
	b.WriteString("# Written anew at each start.\n")
	for _, u := range users {
		fmt.Fprintf(&b, "mais \"%s\" %s\n", u, bootstrap)
	}
	return b.String()
}
