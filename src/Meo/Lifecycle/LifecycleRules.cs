using Google.Protobuf.WellKnownTypes;
using Mano.Meo.Northbound;
using Mano.Packages;
using Wire = Mano.Lifecycle.V1;

namespace Mano.Meo.Lifecycle;

/// <summary>What lifecycle requests must look like; every fault is told at once.</summary>
internal static class LifecycleRules
{
    private const int LargestGroup = 100;
    private const int MostOptions = 20;
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromHours(24);

    public static void Check(Wire.CreateAppInstanceRequest request) => new Faults()
        .Require(request.AppPackageId.Length > 0 ^ request.AppDId.Length > 0, "app_package_id", "give exactly one of app_package_id and app_d_id")
        .Require(request.AppInstanceName.Length <= 255, "app_instance_name", "must have at most 255 characters")
        .Require(request.AppInstanceDescription.Length <= 4096, "app_instance_description", "must have at most 4096 characters")
        .Require(
            request.AppInstanceId.Length == 0 || Guid.TryParseExact(request.AppInstanceId, "D", out _),
            "app_instance_id", $"'{request.AppInstanceId}' must be a GUID, as 6f1c2b9e-0c1d-4c55-9a7e-3b0d3b1f1a11, or absent")
        .ThrowIfAny("The request");

    public static void Check(Wire.InstantiateAppInstanceRequest request)
    {
        var faults = Wish(new(), request, "");
        Options(faults, request.TerminationOptions);
        faults.ThrowIfAny("The request", AppInstanceRecord.SubjectOf(request.AppInstanceId));
    }

    public static void Check(Wire.InstantiateAppInstancesRequest request)
    {
        var faults = new Faults().Require(request.Members.Count is > 0 and <= LargestGroup, "members", $"must be 1 to {LargestGroup}");
        var named = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < Math.Min(request.Members.Count, LargestGroup); i++)
        {
            var member = request.Members[i];
            Wish(faults, member, $"members[{i}].")
                .Require(member.AppInstanceId.Length == 0 || named.Add(member.AppInstanceId), $"members[{i}].app_instance_id", $"names {member.AppInstanceId} a second time")
                .Require(member.TerminationOptions.Count == 0, $"members[{i}].termination_options", "go with one instance alone, not with several together");
        }

        faults.ThrowIfAny("The request");
    }

    /// <summary>Instances that may be terminated to make room.</summary>
    public static void Options(Faults faults, IReadOnlyList<Wire.TerminationOption> options) => faults
        .Require(options.Count <= MostOptions, "termination_options", $"must be at most {MostOptions}")
        .Require(
            options.All(o => o.AppInstanceIds.Count is > 0 and <= MostOptions && o.AppInstanceIds.All(id => id.Length is > 0 and <= 128)),
            "termination_options.app_instance_ids",
            $"must be 1 to {MostOptions} instances in each option");

    private static Faults Wish(Faults faults, Wire.InstantiateAppInstanceRequest request, string path)
    {
        faults.Require(request.AppInstanceId.Length > 0, path + "app_instance_id", "is missing")
            .Require(IsTimeout(request.Timeout), path + "timeout", "must be 1 second to 24 hours, or absent");
        PlacementWire.Check(faults, request.Constraints, path);
        _ = ChartValues.Read(request.ChartValues, out var wrong);
        return faults.Require(wrong is null, path + "chart_values", wrong ?? "");
    }

    public static void Check(Wire.OperateAppInstanceRequest request) => Instance(request.AppInstanceId)
        .Require(request.ChangeStateTo is Wire.OperateTo.Started or Wire.OperateTo.Stopped, "change_state_to", "must be STARTED or STOPPED")
        .Require(IsGraceful(request.GracefulStopTimeout), "graceful_stop_timeout", "must be 0 to 24 hours, or absent")
        .Require(
            request.ChangeStateTo != Wire.OperateTo.Started || request.GracefulStopTimeout is null or { Seconds: 0, Nanos: 0 },
            "graceful_stop_timeout", "goes with STOPPED alone")
        .Require(IsTimeout(request.Timeout), "timeout", "must be 1 second to 24 hours, or absent")
        .ThrowIfAny("The request", AppInstanceRecord.SubjectOf(request.AppInstanceId));

    public static void Check(Wire.TerminateAppInstanceRequest request) => Instance(request.AppInstanceId)
        .Require(IsGraceful(request.GracefulTerminationTimeout), "graceful_termination_timeout", "must be 0 to 24 hours, or absent")
        .Require(IsTimeout(request.Timeout), "timeout", "must be 1 second to 24 hours, or absent")
        .ThrowIfAny("The request", AppInstanceRecord.SubjectOf(request.AppInstanceId));

    private static Faults Instance(string id) => new Faults().Require(id.Length > 0, "app_instance_id", "is missing");

    private static bool IsTimeout(Duration? timeout) =>
        timeout is null || (IsGraceful(timeout) && timeout.ToTimeSpan() >= TimeSpan.FromSeconds(1));

    private static bool IsGraceful(Duration? timeout) =>
        timeout is null || (timeout is { Seconds: >= 0 and <= 86400, Nanos: >= 0 and < 1_000_000_000 } && timeout.ToTimeSpan() <= LongestTimeout);
}
