using System.Text.Json.Serialization;
using Mano.Meo.Lifecycle;

namespace Mano.Meo.Rest.AppLcm;

/// <summary>MEC 010-2 AppInstanceInfo (clause 6.2.2.4).</summary>
internal sealed record AppInstanceInfo
{
    public required string Id { get; init; }

    public string? AppInstanceName { get; init; }

    public string? AppInstanceDescription { get; init; }

    public required string AppDId { get; init; }

    public required string AppProvider { get; init; }

    public required string AppName { get; init; }

    public required string AppSoftVersion { get; init; }

    public required string AppDVersion { get; init; }

    public required string AppPkgId { get; init; }

    /// <summary>NOT_INSTANTIATED or INSTANTIATED.</summary>
    public required string InstantiationState { get; init; }

    /// <summary>Only while INSTANTIATED.</summary>
    public InstantiatedAppState? InstantiatedAppState { get; init; }

    /// <summary>Where it is reached; only while its site reports it.</summary>
    public CommunicationInterface? CommunicationInterface { get; init; }

    [JsonPropertyName("_links")]
    public required AppInstanceLinks Links { get; init; }

    /// <param name="view">The instance.</param>
    /// <param name="url">Its own URL.</param>
    public static AppInstanceInfo Of(InstanceView view, string url)
    {
        var record = view.Record;
        var isInstantiated = record.State != AppInstanceState.NotInstantiated;
        return new()
        {
            Id = record.AppInstanceId,
            AppInstanceName = record.Name.Length == 0 ? null : record.Name,
            AppInstanceDescription = record.Description.Length == 0 ? null : record.Description,
            AppDId = record.AppDId,
            AppProvider = record.AppProvider,
            AppName = record.AppName,
            AppSoftVersion = record.AppSoftVersion,
            AppDVersion = record.AppDVersion,
            AppPkgId = record.AppPkgId,
            InstantiationState = isInstantiated ? "INSTANTIATED" : "NOT_INSTANTIATED",
            InstantiatedAppState = isInstantiated ? new(record.State.Spelled()) : null,
            CommunicationInterface = view.Reported?.Endpoint is { Ports.IsEmpty: false } at
                ? new([.. at.Ports.Select(p => new IpAddress(at.Address, p.Number))])
                : null,
            Links = isInstantiated
                ? new(Link.To(url), null, Link.To(url + "/terminate"), Link.To(url + "/operate"))
                : new(Link.To(url), Link.To(url + "/instantiate"), null, null),
        };
    }
}

/// <summary>Its instantiatedAppState.</summary>
internal sealed record InstantiatedAppState(string OperationalState);

/// <summary>MEC 010-2 CommunicationInterface.</summary>
internal sealed record CommunicationInterface(IReadOnlyList<IpAddress> IpAddresses);

/// <summary>One address and port.</summary>
internal sealed record IpAddress(string Host, int Port);

/// <summary>Its links: what can be asked of it in its present state.</summary>
internal sealed record AppInstanceLinks(Link Self, Link? Instantiate, Link? Terminate, Link? Operate);
