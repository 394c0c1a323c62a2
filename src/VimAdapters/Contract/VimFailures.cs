using Mano.Mesh.Failures;

namespace Mano.VimAdapters.Contract;

/// <summary>
/// Every failure of the VIM contract, so that all adapters say the same thing in the same words. The tables in
/// <c>vim.proto</c> say what the caller does about each.
/// </summary>
public static class VimFailures
{
    public const string StaleOperation = "VIM_STALE_OPERATION";
    public const string SpecConflict = "VIM_SPEC_CONFLICT";
    public const string CapacityTaken = "VIM_NO_CAPACITY";
    public const string ImageMissing = "VIM_NO_IMAGE";
    public const string NetworkMissing = "VIM_NO_NETWORK";
    public const string Unreachable = "VIM_UNREACHABLE";

    /// <summary>INVALID_ARGUMENT: with every fault of the request.</summary>
    public static Failure InvalidRequest(string subject, IReadOnlyList<Fault> faults) =>
        Failure.InvalidInput("VIM_INVALID_REQUEST", $"The request is refused: {string.Join(" ", faults.Select(f => f.ToString()))}", subject, faults);

    /// <summary>ABORTED, not retryable: a newer intent was seen.</summary>
    public static Failure Stale(string computeId, long asked, long last) =>
        new(FailureKind.Conflict, StaleOperation, $"Operation {asked} came after operation {last}, which is newer; nothing was done.", Subject(computeId));

    /// <summary>ABORTED, not retryable: the number was sealed by a delete.</summary>
    public static Failure Sealed(string computeId, long asked, long sealedNumber) =>
        new(FailureKind.Conflict, StaleOperation,
            $"Operation {asked} is sealed: it was deleted by operation {sealedNumber}, and making or moving it again takes a greater number.", Subject(computeId));

    /// <summary>ABORTED, not retryable: the number was used for the other power state.</summary>
    public static Failure OtherPowerState(string computeId, long asked, PowerState used) =>
        new(FailureKind.Conflict, StaleOperation,
            $"Operation {asked} already asked for {used}; the other state takes a greater number.", Subject(computeId));

    /// <summary>ALREADY_EXISTS.</summary>
    public static Failure OtherSpec(string computeId, string field) =>
        Failure.AlreadyExists(SpecConflict, $"It exists with another {field}; delete it first, or ask for what it is.", Subject(computeId));

    /// <summary>ABORTED, retryable: it is on its way out.</summary>
    public static Failure BeingDeleted(string computeId) =>
        Failure.Conflict("VIM_BUSY", "It is being deleted; ask again when it is gone.", Subject(computeId));

    /// <summary>NOT_FOUND.</summary>
    public static Failure NoCompute(string computeId) =>
        Failure.NotFound("VIM_NO_COMPUTE", "There is no such compute; EnsureCompute makes it.", Subject(computeId));

    /// <summary>RESOURCE_EXHAUSTED.</summary>
    public static Failure NoCapacity(string computeId, VimResources needed, VimCapacity capacity) =>
        Failure.NoCapacity(CapacityTaken, $"It needs {needed}; of {capacity.Total} in all, {capacity.Used} are taken.", Subject(computeId));

    /// <summary>RESOURCE_EXHAUSTED, for what is neither CPU, memory nor disk.</summary>
    public static Failure NoRoom(string subject, string message) => Failure.NoCapacity(CapacityTaken, message, subject);

    /// <summary>FAILED_PRECONDITION.</summary>
    public static Failure NoImage(string computeId, string digest) =>
        new(FailureKind.IllegalState, ImageMissing, $"Image {digest} is not in the VIM; EnsureImage puts it there.", Subject(computeId));

    /// <summary>FAILED_PRECONDITION.</summary>
    public static Failure NoZone(string computeId, string zone, IReadOnlyList<string> zones) =>
        new(FailureKind.IllegalState, "VIM_NO_ZONE",
            $"There is no zone '{zone}' here; {(zones.Count == 0 ? "this VIM has none with a name" : "it has " + string.Join(", ", zones))}.", Subject(computeId));

    /// <summary>FAILED_PRECONDITION: the content is not what the digest says, or cannot be read.</summary>
    public static Failure BadContent(string digest, string message) =>
        new(FailureKind.IllegalState, "VIM_IMAGE_CONTENT", message, $"image/{digest}");

    /// <summary>INVALID_ARGUMENT: the content is no image of its format.</summary>
    public static Failure BadImage(string digest, string message) => Failure.InvalidInput("VIM_BAD_IMAGE", message, $"image/{digest}");

    /// <summary>FAILED_PRECONDITION.</summary>
    public static Failure ImageInUse(string digest, string computeId) =>
        new(FailureKind.IllegalState, "VIM_IMAGE_IN_USE", $"Compute {computeId} uses it; delete that first.", $"image/{digest}");

    /// <summary>UNIMPLEMENTED: not among the capabilities.</summary>
    public static Failure Cannot(string adapter, string what, string why = "") =>
        Failure.Unimplemented("VIM_CANNOT", $"{adapter} does not offer {what}{(why.Length == 0 ? "" : $": {why}")}.", adapter);

    /// <summary>UNAVAILABLE, retryable.</summary>
    public static Failure CannotReach(string adapter, string message) => Failure.Unavailable(Unreachable, message, adapter);

    /// <summary>DEADLINE_EXCEEDED, retryable: it does not go.</summary>
    public static Failure DoesNotGo(string computeId, string message) =>
        Failure.DeadlineExceeded("VIM_DOES_NOT_GO", message, Subject(computeId));

    /// <summary>FAILED_PRECONDITION: a compute is to be on a network that is not there.</summary>
    public static Failure NoNetwork(string computeId, string networkId) =>
        new(FailureKind.IllegalState, NetworkMissing, $"Network {networkId} is not in the VIM; EnsureNetwork puts it there.", Subject(computeId));

    /// <summary>FAILED_PRECONDITION.</summary>
    public static Failure NetworkInUse(string networkId, string computeId) =>
        new(FailureKind.IllegalState, "VIM_NETWORK_IN_USE", $"Compute {computeId} is on it; delete that first.", NetworkSubject(networkId));

    /// <summary>RESOURCE_EXHAUSTED: the places that would keep the group are not to be had.</summary>
    public static Failure GroupCannotBeKept(string computeId, AffinityGroup group, string why) =>
        Failure.NoCapacity("VIM_GROUP_CANNOT_BE_KEPT",
            $"It cannot lie {(group.Rule == AffinityRule.Apart ? "apart from" : "together with")} the others of group {group.Name}: {why}", Subject(computeId));

    /// <summary>What a <see cref="Fence"/> and the failures above are to be given as the key where it is a network's.</summary>
    public static string NetworkSubject(string networkId) => $"network/{networkId}";

    // A key has no slash: what has one is a subject already.
    private static string Subject(string key) => key.Contains('/', StringComparison.Ordinal) ? key : $"compute/{key}";
}
