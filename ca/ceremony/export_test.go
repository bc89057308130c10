package ceremony

// Files lists what a ceremony writes, in order.
var Files = ceremonyFiles
