using System.Text.Json.Serialization;

namespace Mano.Mesh.Failures;

/// <summary>What kind of thing went wrong; decides who acts next. One gRPC status each (see <c>FailureStatus</c>).</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FailureKind>))]
public enum FailureKind
{
    /// <summary>The request is wrong in itself; no state of ours would make it right. INVALID_ARGUMENT.</summary>
    InvalidInput,

    /// <summary>The thing it speaks of does not exist. NOT_FOUND.</summary>
    NotFound,

    /// <summary>The key exists with other content. ALREADY_EXISTS.</summary>
    AlreadyExists,

    /// <summary>Right in itself, refused in the present state (MEC's 409). FAILED_PRECONDITION.</summary>
    IllegalState,

    /// <summary>Lost against a concurrent change or another running operation. ABORTED.</summary>
    Conflict,

    /// <summary>No room: capacity, quota or a size limit. RESOURCE_EXHAUSTED.</summary>
    NoCapacity,

    /// <summary>A position in a sequence that is not, or no longer, to be had. OUT_OF_RANGE.</summary>
    OutOfRange,

    /// <summary>The caller did not prove who it is. UNAUTHENTICATED.</summary>
    Unauthenticated,

    /// <summary>The caller may not do this. PERMISSION_DENIED.</summary>
    Forbidden,

    /// <summary>The other side cannot be reached, or not now. UNAVAILABLE.</summary>
    Unavailable,

    /// <summary>Time ran out; it may or may not have happened. DEADLINE_EXCEEDED.</summary>
    DeadlineExceeded,

    /// <summary>The caller, or a person, called it off. CANCELLED.</summary>
    Cancelled,

    /// <summary>This process, or this adapter, does not offer it. UNIMPLEMENTED.</summary>
    Unimplemented,

    /// <summary>Stored content cannot be read back. DATA_LOSS.</summary>
    Corrupt,

    /// <summary>A bug of ours, or an answer that makes no sense. INTERNAL, and what arrives as UNKNOWN.</summary>
    Internal,
}
