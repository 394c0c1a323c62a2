using System.Text.Json;
using Mano.Meo.Northbound;

namespace Mano.Meo.Rest.Notifications;

/// <summary>What a subscription must look like.</summary>
internal static class SubscriptionRules
{
    public const string Lcm = "app_lcm";
    public const string Pkgm = "app_pkgm";

    private const int MostText = 2048;
    private const int MostValues = 100;

    /// <summary>The types of both years of the standard, the misspelled one among them.</summary>
    private static readonly Dictionary<(string Api, string Type), Topic> Topics = new()
    {
        [(Lcm, "AppInstanceStateChangeSubscription")] = Topic.InstanceState,
        [(Lcm, "AppInstanceStateChange")] = Topic.InstanceState,
        [(Lcm, "AppLcmOpOccStateChangeSubscription")] = Topic.OperationState,
        [(Lcm, "AppLcmOpOccStateChange")] = Topic.OperationState,
        [(Lcm, "AppIdentifierCreationSubscription")] = Topic.InstanceCreated,
        [(Lcm, "AppIdentifierDeletionSubscription")] = Topic.InstanceDeleted,
        [(Pkgm, "AppPackageOnBoardingSubscription")] = Topic.PackageOnboarded,
        [(Pkgm, "AppPackageOnBoarding")] = Topic.PackageOnboarded,
        [(Pkgm, "AppPackageChangeSubscription")] = Topic.PackageChanged,
        [(Pkgm, "AppPacakgeOperationChange")] = Topic.PackageChanged,
        [(Pkgm, "AppPackageOperationChange")] = Topic.PackageChanged,
        [(Pkgm, "AppPackageDeletionSubscription")] = Topic.PackageDeleted,
        [(Pkgm, "AppPackageDeletion")] = Topic.PackageDeleted,
    };

    private static readonly string[] SelectorNames = ["VOID", "APP_IDENTITY", "APP_NAME", "APP_D_ID", "APP_FROM_PROVIDER"];
    private static readonly string[] InstanceStates = ["NOT_INSTANTIATED", "STARTED", "STOPPED"];
    private static readonly string[] OperationTypes = ["INSTANTIATE", "OPERATE", "TERMINATE"];
    private static readonly string[] OperationStates = ["STARTING", "PROCESSING", "COMPLETED", "FAILED_TEMP", "FAILED"];

    /// <param name="request">As it came.</param>
    /// <param name="api">Where.</param>
    /// <param name="origin">Of the API as the subscriber sees it.</param>
    public static Subscription Check(SubscriptionRequest request, string api, string origin)
    {
        var type = request.SubscriptionType ?? request.SubsctiptionType ?? "";
        var known = Topics.TryGetValue((api, type), out var topic);
        var instances = request.AppInstanceSubscriptionFilter ?? request.AppLcmOpOccSubscriptionFilter?.AppInstanceSubscriptionFilter;
        var faults = new Faults()
            .Require(known, "subscriptionType", $"is '{type}'; {string.Join(", ", Topics.Keys.Where(k => k.Api == api && k.Type.EndsWith("Subscription", StringComparison.Ordinal)).Select(k => k.Type))} are known")
            .Require(IsCallback(request.CallbackUri), "callbackUri", $"is '{request.CallbackUri}'; an absolute http or https URI without credentials is needed")
            .Require(SelectorOf(instances) is >= 0 and <= 4, "appInstanceSubscriptionFilter/appInstSelectorType", $"must be 0 to 4, or one of {string.Join(", ", SelectorNames)}")
            .Require(
                (instances?.AppInstances?.Count ?? 0) <= MostValues && (instances?.AppsFromProviders?.Count ?? 0) <= MostValues && (request.AppPkgFilter?.Count ?? 0) <= MostValues,
                "filter", $"must have at most {MostValues} entries");
        var states = Some(faults, request.AppInstanceState, "appInstanceState", InstanceStates);
        var types = Some(faults, request.AppLcmOpOccSubscriptionFilter?.OperationTypes, "appLcmOpOccSubscriptionFilter/operationTypes", OperationTypes);
        var operations = Some(faults, request.AppLcmOpOccSubscriptionFilter?.OperationStates, "appLcmOpOccSubscriptionFilter/operationStates", OperationStates);
        faults.ThrowIfAny("The subscription");
        return new()
        {
            Id = "",
            Api = api,
            Topic = topic,
            Type = type,
            CallbackUri = request.CallbackUri!,
            Origin = origin,
            Filter = new()
            {
                InstanceStates = states,
                OperationTypes = types,
                OperationStates = operations,
                Instances = instances is null ? null : new(SelectorOf(instances), instances.AppInstances ?? [], instances.AppsFromProviders ?? []),
                Packages = request.AppPkgFilter ?? [],
            },
        };
    }

    private static bool IsCallback(string? uri) =>
        uri is { Length: <= MostText } && Uri.TryCreate(uri, UriKind.Absolute, out var parsed) && parsed.Scheme is "http" or "https" && parsed.UserInfo.Length == 0;

    private static int SelectorOf(InstanceFilterBody? filter) => filter?.AppInstSelectorType switch
    {
        null => 0,
        { ValueKind: JsonValueKind.Number } number when number.TryGetInt32(out var by) => by,
        { ValueKind: JsonValueKind.String } name => Array.IndexOf(SelectorNames, name.GetString()),
        _ => -1,
    };

    /// <summary>One value or several, each of which must be known.</summary>
    private static List<string> Some(Faults faults, JsonElement? given, string path, string[] known)
    {
        List<string?> values = given?.ValueKind switch
        {
            JsonValueKind.String => [given.Value.GetString()],
            JsonValueKind.Array => [.. given.Value.EnumerateArray().Take(MostValues).Select(v => v.ValueKind == JsonValueKind.String ? v.GetString() : v.GetRawText())],
            null or JsonValueKind.Null => [],
            _ => [given.Value.GetRawText()],
        };
        faults.Require(values.TrueForAll(v => known.Contains(v)), path, $"is {string.Join(", ", values)}; {string.Join(", ", known)} are known");
        return [.. values.OfType<string>()];
    }
}
