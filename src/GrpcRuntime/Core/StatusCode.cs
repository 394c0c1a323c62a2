namespace Grpc.Core;

/// <summary>The outcome of a call, with the numbers that travel in <c>grpc-status</c>.</summary>
public enum StatusCode
{
    /// <summary>Not an error.</summary>
    OK = 0,

    /// <summary>The caller cancelled the call.</summary>
    Cancelled = 1,

    /// <summary>An error that says nothing of itself: an exception in a handler, a status out of another space.</summary>
    Unknown = 2,

    /// <summary>The request is wrong, whatever the state of the system.</summary>
    InvalidArgument = 3,

    /// <summary>The deadline passed; the effect may have happened all the same.</summary>
    DeadlineExceeded = 4,

    /// <summary>What was asked for is not there.</summary>
    NotFound = 5,

    /// <summary>What was to be made is there already.</summary>
    AlreadyExists = 6,

    /// <summary>The caller is known, and may not.</summary>
    PermissionDenied = 7,

    /// <summary>A quota, a size or room is used up.</summary>
    ResourceExhausted = 8,

    /// <summary>The system is not in the state the call needs; repeating it unchanged does not help.</summary>
    FailedPrecondition = 9,

    /// <summary>Lost a race with another call; repeat the whole sequence.</summary>
    Aborted = 10,

    /// <summary>Past the valid range, in this state of the system.</summary>
    OutOfRange = 11,

    /// <summary>This server does not have the method.</summary>
    Unimplemented = 12,

    /// <summary>An invariant is broken.</summary>
    Internal = 13,

    /// <summary>The peer cannot be reached now; repeating the call later may help.</summary>
    Unavailable = 14,

    /// <summary>Data is lost for good.</summary>
    DataLoss = 15,

    /// <summary>The caller is not known.</summary>
    Unauthenticated = 16,
}
