using System.Text.Json;
using System.Text.Json.Serialization;

namespace Mano.Meo.Rest.AppLcm;

/// <summary>MEC 010-2 CreateAppInstanceRequest (clause 6.2.2.3).</summary>
internal sealed record CreateAppInstanceRequest(
    string? AppDId, string? AppInstanceName, string? AppInstanceDescription, JsonElement? AppPlacementInfo);

/// <summary>MEC 010-2 InstantiateAppRequest (clause 6.2.2.7). What this MEO cannot honour is read, so that it can be refused.</summary>
internal sealed record InstantiateAppRequest
{
    public IReadOnlyList<MECHostInformation?>? SelectedMECHostInfo { get; init; }

    public LocationConstraints? LocationConstraints { get; init; }

    public JsonElement? VirtualComputeDescriptor { get; init; }

    public JsonElement? OsContainerDescriptor { get; init; }

    public JsonElement? VirtualStorageDescriptor { get; init; }

    public JsonElement? VimConnectionInfo { get; init; }

    public AppTermCandsForCoord? AppTermCandsForCoord { get; init; }

    /// <summary>What is no attribute of it, which is refused here as nowhere else.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }
}

/// <summary>MEC 010-2 AppTermCandsForCoord (clause 6.2.2.23): who may be terminated to make room. Here it is consent: no coordination with the OSS follows.</summary>
internal sealed record AppTermCandsForCoord(IReadOnlyList<TerminationOptions?>? TerminationOptions);

/// <summary>MEC 010-2 TerminationOptions (clause 6.2.2.24): one of several alternatives.</summary>
internal sealed record TerminationOptions(IReadOnlyList<string?>? AppInstIdTerminationCands);

/// <summary>MEC 010-2 MECHostInformation: the id is a list of key-value pairs whose keys are the operator's.</summary>
internal sealed record MECHostInformation(string? HostName, IReadOnlyDictionary<string, JsonElement>? HostId)
{
    private const string Key = "hostId";

    /// <summary>A host of ours.</summary>
    public static MECHostInformation Of(string hostId) =>
        new(hostId, new Dictionary<string, JsonElement> { [Key] = JsonSerializer.SerializeToElement(hostId, RestJson.Default.String) });

    /// <summary>The host's id as the inventory has it: the name, or the value of <c>hostId</c>, or the only value there is. Empty if none is named.</summary>
    public string Id
    {
        get
        {
            if (HostName is { Length: > 0 })
            {
                return HostName;
            }

            var values = HostId ?? new Dictionary<string, JsonElement>();
            var value = values.TryGetValue(Key, out var named) ? named : values.Count == 1 ? values.Values.First() : default;
            return value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
        }
    }
}

/// <summary>MEC 010-2 LocationConstraints (clause 6.2.2.20).</summary>
internal sealed record LocationConstraints(string? CountryCode, JsonElement? CivicAddressElement, JsonElement? Area);

/// <summary>MEC 010-2 OperateAppRequest (clause 6.2.2.8).</summary>
internal sealed record OperateAppRequest(string? ChangeStateTo, string? StopType, int? GracefulStopTimeout);

/// <summary>MEC 010-2 TerminateAppRequest (clause 6.2.2.9).</summary>
internal sealed record TerminateAppRequest(string? TerminationType, int? GracefulTerminationTimeout);

/// <summary>MEC 010-2 CancelMode (clause 6.2.2.32), whose only attribute has a capital letter; its member is FORCED here and FORCEFUL elsewhere.</summary>
internal sealed record CancelRequest([property: JsonPropertyName("CancelMode")] string? CancelMode);
