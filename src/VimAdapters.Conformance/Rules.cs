namespace Mano.VimAdapters.Conformance;

/// <summary>The rules that the checks prove; a test holds each against the protos.</summary>
public static class Rules
{
    public static readonly ContractRule IdShape = new("", "The caller chooses compute_id: 1 to 128 characters of [A-Za-z0-9._-], the first a letter or a digit.");
    public static readonly ContractRule NumberGrows = new("", "operation_number is 1 or more and grows with every new intent of the caller for that key.");
    public static readonly ContractRule LowerIsAborted = new("", "A number lower than the last seen for the key is ABORTED, so that a late message cannot undo a newer one.");
    public static readonly ContractRule SameNumber = new("", "The same number is a repetition and gives the same result.");
    public static readonly ContractRule Seals = new("", "DeleteComputeIfAny seals its number: afterwards EnsureCompute and SetPowerState need a greater one.");
    public static readonly ContractRule SealOutlives = new("", "The seal outlives the compute for fence_retention (GetCapabilities).");
    public static readonly ContractRule NetworksAlike = new("", "network_id is a key of the same kind, in a space of its own: all that is said here of computes and their numbers holds for networks too.");
    public static readonly ContractRule SameKey = new("", "Same key and same spec give the same compute, however often and however concurrently asked.");
    public static readonly ContractRule OtherSpec = new("", "Same key and another spec is ALREADY_EXISTS, whatever the number: a compute is deleted and made again, never altered.");
    public static readonly ContractRule DeletingNothing = new("", "Deleting nothing is OK.");
    public static readonly ContractRule Cancelled = new("", "A cancelled or timed-out call may or may not have had its effect; the caller repeats it with the same number, or deletes with a greater one.");
    public static readonly ContractRule NotClaimed = new("", "what is optional is in GetCapabilities, and asking for what is not there is UNIMPLEMENTED.");
    public static readonly ContractRule Details = new("", "Every failure carries mano.common.v1.Failure in its details, with a sentence for people.");
    public static readonly ContractRule EveryFault = new("", "INVALID_ARGUMENT names every fault at its path (`spec.images`), not only the first.");
    public static readonly ContractRule IllFormed = new("", "a field is missing or ill-formed | INVALID_ARGUMENT");

    public static readonly ContractRule Capabilities = new("GetCapabilities", "Says what this VIM can do. Changes only with the VIM's configuration.");
    public static readonly ContractRule LooksAtConnection = new("CheckConnection", "Looks at what the VIM needs to be of use, in the order in which one thing builds on the other");
    public static readonly ContractRule ConnectionChangesNothing = new("CheckConnection", "Changes nothing in the VIM. No secret is in the answer.");
    public static readonly ContractRule Capacity = new("GetCapacity", "Says how much there is in all and how much is taken now, by us and others.");

    public static readonly ContractRule ImageByDigest = new("EnsureImage", "Puts an image into the VIM's image store, by digest, so that EnsureCompute can name it. Stores nothing unless the content has that digest.");
    public static readonly ContractRule KnownDigest = new("EnsureImage", "a known digest is answered without reading the content.");
    public static readonly ContractRule OtherDigest = new("EnsureImage", "content has another digest | FAILED_PRECONDITION");
    public static readonly ContractRule UnreadablePath = new("EnsureImage", "the local path cannot be read | FAILED_PRECONDITION");
    public static readonly ContractRule NoImageOfFormat = new("EnsureImage", "no image of that format (archive with | INVALID_ARGUMENT");
    public static readonly ContractRule FormatNotClaimed = new("EnsureImage", "format that the VIM does not claim | UNIMPLEMENTED");
    public static readonly ContractRule ListImages = new("ListImages", "Lists the images we put there.");
    public static readonly ContractRule ImageInUse = new("DeleteImageIfAny", "a compute still uses it | FAILED_PRECONDITION");

    public static readonly ContractRule EnsureLeavesPower = new("EnsureCompute", "Leaves the power state of an existing compute alone.");
    public static readonly ContractRule EnsureOther = new("EnsureCompute", "key exists with another spec | ALREADY_EXISTS");
    public static readonly ContractRule EnsureLower = new("EnsureCompute", "number is lower than the last seen, or | ABORTED");
    public static readonly ContractRule EnsureBusy = new("EnsureCompute", "another call for the key runs | ABORTED (retryable)");
    public static readonly ContractRule NoCapacity = new("EnsureCompute", "no capacity in the zone | RESOURCE_EXHAUSTED");
    public static readonly ContractRule GroupNotKept = new("EnsureCompute", "a group cannot be kept (or FAILED with | RESOURCE_EXHAUSTED");
    public static readonly ContractRule NoImage = new("EnsureCompute", "the image is not in the VIM | FAILED_PRECONDITION");
    public static readonly ContractRule NoNetwork = new("EnsureCompute", "one of its networks is not in the VIM | FAILED_PRECONDITION");
    public static readonly ContractRule NoZone = new("EnsureCompute", "no such zone | FAILED_PRECONDITION");
    public static readonly ContractRule SpecNotClaimed = new("EnsureCompute", "the spec needs what the VIM cannot do | UNIMPLEMENTED");
    public static readonly ContractRule GetNothing = new("GetCompute", "no such compute | NOT_FOUND");
    public static readonly ContractRule ListOurs = new("ListComputes", "Lists every compute that was made through this adapter, and no other.");

    public static readonly ContractRule PowerNothing = new("SetPowerState", "no such compute | NOT_FOUND");
    public static readonly ContractRule PowerLower = new("SetPowerState", "number is lower than the last seen, or | ABORTED");
    public static readonly ContractRule PowerBusy = new("SetPowerState", "another call for the key runs | ABORTED (retryable)");
    public static readonly ContractRule PowerNotClaimed = new("SetPowerState", "no power operations | UNIMPLEMENTED");
    public static readonly ContractRule PowerFollows = new("SetPowerState", "Returns when the VIM has accepted it; the state follows. Starting resets the restart count.");

    public static readonly ContractRule ReallyGone = new("DeleteComputeIfAny", "OK means that it is really gone: nothing of it runs, and its disk, address and capacity are free.");
    public static readonly ContractRule DeleteLower = new("DeleteComputeIfAny", "number is lower than the last seen | ABORTED");
    public static readonly ContractRule DeleteBusy = new("DeleteComputeIfAny", "another call for the key runs | ABORTED (retryable)");

    public static readonly ContractRule WatchLists = new("WatchComputes", "first every compute as LISTED, then one SYNCED, then CHANGED and DELETED as they happen, until cancelled.");
    public static readonly ContractRule WatchMerges = new("WatchComputes", "Events of one compute may be merged; the newest state always arrives.");
    public static readonly ContractRule WatchAgain = new("WatchComputes", "whatever is not LISTED before SYNCED is gone.");

    public static readonly ContractRule LogOfNothing = new("ReadLog", "no such compute | NOT_FOUND");
    public static readonly ContractRule LogsNotClaimed = new("ReadLog", "logs not claimed | UNIMPLEMENTED");
    public static readonly ContractRule ReadsLog = new("ReadLog", "Reads the end of what the compute wrote to its console");
    public static readonly ContractRule StatisticsOfNothing = new("ReadStatistics", "no such compute | NOT_FOUND");
    public static readonly ContractRule StatisticsNotClaimed = new("ReadStatistics", "statistics not claimed | UNIMPLEMENTED");
    public static readonly ContractRule ReadsStatistics = new("ReadStatistics", "Reads what the compute has used since it was last started.");
    public static readonly ContractRule EventsNewestFirst = new("ListEvents", "Lists what the VIM says happened to the compute, the newest first");
    public static readonly ContractRule EventsOfNothing = new("ListEvents", "no such compute | NOT_FOUND");
    public static readonly ContractRule EventsNotClaimed = new("ListEvents", "events not claimed | UNIMPLEMENTED");

    public static readonly ContractRule EnsureNetwork = new("EnsureNetwork", "When it returns, computes can be made on it.");
    public static readonly ContractRule NetworkOther = new("EnsureNetwork", "key exists with another spec | ALREADY_EXISTS");
    public static readonly ContractRule NetworkLower = new("EnsureNetwork", "number is lower than the last seen, or | ABORTED");
    public static readonly ContractRule NetworkBusy = new("EnsureNetwork", "another call for the key runs | ABORTED (retryable)");
    public static readonly ContractRule CidrTaken = new("EnsureNetwork", "quota used up, or cidr taken by another | RESOURCE_EXHAUSTED");
    public static readonly ContractRule NetworksNotClaimed = new("EnsureNetwork", "networks not claimed | UNIMPLEMENTED");
    public static readonly ContractRule ListNetworksNotClaimed = new("ListNetworks", "networks not claimed | UNIMPLEMENTED");
    public static readonly ContractRule ListNetworks = new("ListNetworks", "Lists every network that was made through this adapter, and no other.");
    public static readonly ContractRule NetworkInUse = new("DeleteNetworkIfAny", "a compute is on it; nothing was done, | FAILED_PRECONDITION");
    public static readonly ContractRule NetworkDeleteLower = new("DeleteNetworkIfAny", "number is lower than the last seen | ABORTED");
    public static readonly ContractRule NetworkDeleteBusy = new("DeleteNetworkIfAny", "another call for the key runs | ABORTED (retryable)");
    public static readonly ContractRule NetworkGone = new("DeleteNetworkIfAny", "Deletes a network, if it is there. OK means that it is really gone.");
    public static readonly ContractRule DeleteNetworksNotClaimed = new("DeleteNetworkIfAny", "networks not claimed | UNIMPLEMENTED");

    public static readonly ContractRule LabelsKept = new("compute.proto", "Whose a compute or a network is; kept with it, and given back.");
    public static readonly ContractRule Addresses = new("compute.proto", "Where it can be reached, the first one preferred.");
    public static readonly ContractRule FixedAddress = new("compute.proto", "The address it must have; empty: the VIM chooses one.");
    public static readonly ContractRule Started = new("compute.proto", "When it was last started; absent before the first start.");
    public static readonly ContractRule InForce = new("compute.proto", "What is really in force.");
    public static readonly ContractRule Restarts = new("compute.proto", "It starts again unless it ended with 0; with a growing back-off.");
    public static readonly ContractRule StaysEnded = new("compute.proto", "It stays ended.");
    public static readonly ContractRule Volumes = new("compute.proto", "It outlives the compute's restarts and whatever the compute runs in, and is deleted with the compute.");
    public static readonly ContractRule VolumeNames = new("compute.proto", "Unique in its compute: 1 to 63 characters of [A-Za-z0-9._-], the first a letter or a digit. The application finds its path");
    public static readonly ContractRule Groups = new("compute.proto", "Computes of one tenant that name the same group with the same rule lie together, or apart, whether they run or not.");
    public static readonly ContractRule OnNetworks = new("compute.proto", "The networks it is on, by network_id, in order, at most 8, none twice; the first gives the preferred address.");
    public static readonly ContractRule ChartValues = new("compute.proto", "One JSON object in at most 64 KiB, laid over the chart's own values; empty: none. Only where the image is a chart.");
    public static readonly ContractRule NoSecrets = new("compute.proto", "What happened, in a person's words. No secrets of the application.");
    public static readonly ContractRule Survives = new("capability.proto", "The computes outlive the adapter's process and are found again.");
    public static readonly ContractRule Cidr = new("network.proto", "Its addresses: those asked for, or those the VIM chose.");
    public static readonly ContractRule Unspecified = new("compute.proto", "Not said; refused.");

    /// <summary>Rows of the tables that no check can bring about from outside, each with the reason.</summary>
    public static IReadOnlyDictionary<ContractRule, string> NotProvoked { get; } = new Dictionary<ContractRule, string>
    {
        [new("", "VIM unreachable | UNAVAILABLE")] = "the kit cannot take the VIM away from its adapter",
        [new("", "the call's deadline passed | DEADLINE_EXCEEDED")] = "the kit's own client ends the call",
        [new("", "the VIM refuses our credentials | PERMISSION_DENIED")] = "the kit does not know the credentials",
        [new("", "the VIM answers what none should | INTERNAL")] = "the kit cannot make the VIM lie",
        [new("EnsureImage", "image store full, or image over limit | RESOURCE_EXHAUSTED")] = "filling a VIM's store harms others",
        [new("DeleteComputeIfAny", "it does not go within the VIM's own time | DEADLINE_EXCEEDED")] = "the kit cannot make a compute stay",
        [new("DeleteNetworkIfAny", "it does not go within the VIM's own time | DEADLINE_EXCEEDED")] = "the kit cannot make a network stay",
    };
}
