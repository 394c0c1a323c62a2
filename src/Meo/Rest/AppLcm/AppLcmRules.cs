using System.Collections.Immutable;
using System.Text.Json;
using Mano.Meo.Lifecycle;
using Mano.Meo.Northbound;

namespace Mano.Meo.Rest.AppLcm;

/// <summary>What requests of application lifecycle management must look like; every fault is told at once, by the standard's names.</summary>
internal static class AppLcmRules
{
    private const int LongestGraceful = 86_400;
    private const int MostOptions = 20;
    private const string Forceful = "FORCEFUL";
    private const string Graceful = "GRACEFUL";

    public static NewInstance Check(CreateAppInstanceRequest request)
    {
        new Faults()
            .Require(request.AppDId is { Length: > 0 }, "appDId", "is missing: the id of an onboarded descriptor is needed")
            .Require(request.AppInstanceName is null or { Length: <= 255 }, "appInstanceName", "must have at most 255 characters")
            .Require(request.AppInstanceDescription is null or { Length: <= 4096 }, "appInstanceDescription", "must have at most 4096 characters")
            .Require(IsNothing(request.AppPlacementInfo), "appPlacementInfo", "is between a MEAO and a MEPM-V (Mm3*); this MEO places by itself: leave it out")
            .ThrowIfAny("The request");
        return new("", request.AppDId!, request.AppInstanceName ?? "", request.AppInstanceDescription ?? "", "");
    }

    /// <summary>What is wished for the instance: the constraints on placement, and who may go for it.</summary>
    public static InstantiateWish Check(string appInstanceId, InstantiateAppRequest request)
    {
        var options = request.AppTermCandsForCoord?.TerminationOptions ?? [];
        var hosts = request.SelectedMECHostInfo?.Select(h => h?.Id ?? "").Where(h => h.Length > 0).Distinct(StringComparer.Ordinal).ToList() ?? [];
        var country = request.LocationConstraints?.CountryCode ?? "";
        var area = IsNothing(request.LocationConstraints?.Area) ? "" : request.LocationConstraints!.Area!.Value.GetRawText();
        var areaFault = area.Length == 0 ? null : GeoJson.Read(area).Failure?.Message;
        new Faults()
            .Require(hosts.Count <= 1, "selectedMECHostInfo", $"names {hosts.Count} hosts; one instance runs on one: name one, or none, and the MEO chooses")
            .Require(hosts.All(h => h.Length <= 255), "selectedMECHostInfo", "names a host with more than 255 characters")
            .Require(country.Length is 0 or 2, "locationConstraints/countryCode", $"is '{country}'; two letters of ISO 3166-1 are needed, as DE")
            .Require(IsNothing(request.LocationConstraints?.CivicAddressElement), "locationConstraints/civicAddressElement", "is not known of hosts here: constrain the country, or name a host")
            .Require(areaFault is null, "locationConstraints/area", areaFault ?? "")
            .Require(IsNothing(request.VirtualComputeDescriptor), "virtualComputeDescriptor", "cannot override the descriptor's here: change the AppD, and leave it out")
            .Require(IsNothing(request.OsContainerDescriptor), "osContainerDescriptor", "cannot override the descriptor's here: change the AppD, and leave it out")
            .Require(IsNothing(request.VirtualStorageDescriptor), "virtualStorageDescriptor", "cannot override the descriptor's here: change the AppD, and leave it out")
            .Require(IsNothing(request.VimConnectionInfo), "vimConnectionInfo", "is for direct mode (Mm3); the sites know their VIMs: leave it out")
            .Require(
                options.Count <= MostOptions && options.All(o => o?.AppInstIdTerminationCands is { Count: > 0 and <= MostOptions } ids && ids.All(id => id is { Length: > 0 and <= 128 })),
                "appTermCandsForCoord/terminationOptions",
                $"must be at most {MostOptions}, each with 1 to {MostOptions} application instances in appInstIdTerminationCands")
            .Require(request.Others is null or { Count: 0 }, request.Others?.Keys.FirstOrDefault() ?? "", "is not known: a constraint that is misspelled would be none; selectedMECHostInfo, locationConstraints and appTermCandsForCoord are")
            .ThrowIfAny("The request");
        var constraints = PlacementConstraints.None with { HostId = hosts.FirstOrDefault() ?? "", CountryCode = country.ToUpperInvariant(), Area = area };
        return new(appInstanceId, constraints, Timeout: null)
        {
            TerminationOptions = [.. options.Select(o => (ImmutableArray<string>)[.. o!.AppInstIdTerminationCands!.Select(id => id!)])],
        };
    }

    /// <summary>Whether to start, and how long a stop may take (zero: at once).</summary>
    public static (bool Start, TimeSpan Graceful) Check(OperateAppRequest request)
    {
        var start = request.ChangeStateTo == "STARTED";
        new Faults()
            .Require(start || request.ChangeStateTo == "STOPPED", "changeStateTo", Wrong(request.ChangeStateTo, "STARTED or STOPPED"))
            .Require(!start || (request.StopType is null && request.GracefulStopTimeout is null), "stopType", "and gracefulStopTimeout go with STOPPED alone")
            .Require(request.StopType is null or Forceful or Graceful, "stopType", Wrong(request.StopType, "FORCEFUL or GRACEFUL"))
            .Require(
                start || request.StopType != Graceful || request.GracefulStopTimeout is >= 1 and <= LongestGraceful,
                "gracefulStopTimeout", $"must be 1 to {LongestGraceful} seconds with GRACEFUL")
            .Require(start || request.StopType == Graceful || request.GracefulStopTimeout is null or 0, "gracefulStopTimeout", "goes with stopType GRACEFUL alone")
            .ThrowIfAny("The request");
        return (start, TimeSpan.FromSeconds(request.StopType == Graceful ? request.GracefulStopTimeout!.Value : 0));
    }

    /// <summary>How long the application may take (zero: at once). GRACEFUL without a time waits as long as anything may: a day, unless the descriptor says less.</summary>
    public static TimeSpan Check(TerminateAppRequest request)
    {
        new Faults()
            .Require(request.TerminationType is Forceful or Graceful, "terminationType", Wrong(request.TerminationType, "FORCEFUL or GRACEFUL"))
            .Require(request.TerminationType != Graceful || request.GracefulTerminationTimeout is null or (>= 1 and <= LongestGraceful), "gracefulTerminationTimeout", $"must be 1 to {LongestGraceful} seconds, or absent")
            .Require(request.TerminationType == Graceful || request.GracefulTerminationTimeout is null or 0, "gracefulTerminationTimeout", "goes with terminationType GRACEFUL alone")
            .ThrowIfAny("The request");
        return TimeSpan.FromSeconds(request.TerminationType == Graceful ? request.GracefulTerminationTimeout ?? LongestGraceful : 0);
    }

    /// <summary>Both spellings of the standard are taken; here an operation that is cancelled stops and is undone, whichever was asked.</summary>
    public static void Check(CancelRequest? request) => new Faults()
        .Require(request?.CancelMode is "GRACEFUL" or "FORCED" or Forceful, "CancelMode", Wrong(request?.CancelMode, "GRACEFUL or FORCED"))
        .ThrowIfAny("The request");

    private static string Wrong(string? given, string right) => given is null ? $"is missing; {right} is needed" : $"is '{given}'; {right} is needed";

    /// <summary>Not there, or there and empty.</summary>
    private static bool IsNothing(JsonElement? value) => value is not { } given || given.ValueKind switch
    {
        JsonValueKind.Undefined or JsonValueKind.Null => true,
        JsonValueKind.Array => given.GetArrayLength() == 0,
        JsonValueKind.Object => !given.EnumerateObject().Any(),
        _ => false,
    };
}
