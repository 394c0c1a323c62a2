using System.Net;
using Mano.VimAdapters.OpenStack.Http;

namespace Mano.VimAdapters.OpenStack.Neutron;

/// <summary>The Networking API, as far as it is used.</summary>
internal sealed class NeutronClient(CloudLink cloud)
{
    /// <summary>The networks of that name that the project sees.</summary>
    public async Task<IReadOnlyList<NetworkDetails>> NetworksAsync(string? name, CancellationToken cancellationToken) =>
        (await cloud.AskAsync(Get("networks" + (name is null ? "" : "?name=" + Uri.EscapeDataString(name))), NeutronJson.Default.NetworkList, cancellationToken)).Networks;

    public async Task<NetworkDetails?> FindNetworkAsync(string id, CancellationToken cancellationToken) =>
        (await cloud.AskIfAnyAsync(Get($"networks/{Uri.EscapeDataString(id)}"), NeutronJson.Default.NetworkAnswer, cancellationToken))?.Network;

    public async Task<NetworkDetails> CreateNetworkAsync(CreateNetwork network, CancellationToken cancellationToken) =>
        (await cloud.AskAsync(Post("networks").With(new CreateNetworkRequest(network), NeutronJson.Default.CreateNetworkRequest), NeutronJson.Default.NetworkAnswer, cancellationToken)).Network;

    public Task DeleteNetworkAsync(string id, CancellationToken cancellationToken) => DeleteAsync("networks", id, cancellationToken);

    public async Task<IReadOnlyList<SubnetDetails>> SubnetsAsync(string networkId, CancellationToken cancellationToken) =>
        (await cloud.AskAsync(Get($"subnets?network_id={networkId}"), NeutronJson.Default.SubnetList, cancellationToken)).Subnets;

    public async Task<SubnetDetails> CreateSubnetAsync(CreateSubnet subnet, CancellationToken cancellationToken) =>
        (await cloud.AskAsync(Post("subnets").With(new CreateSubnetRequest(subnet), NeutronJson.Default.CreateSubnetRequest), NeutronJson.Default.SubnetAnswer, cancellationToken)).Subnet;

    /// <summary>The ports with exactly that description, or all of the project.</summary>
    public async Task<IReadOnlyList<PortDetails>> PortsAsync(string? description, CancellationToken cancellationToken) =>
        (await cloud.AskAsync(Get("ports" + (description is null ? "" : "?description=" + Uri.EscapeDataString(description))), NeutronJson.Default.PortList, cancellationToken)).Ports;

    /// <summary>The ports in a network, whoever's they are, as far as the project sees them.</summary>
    public async Task<IReadOnlyList<PortDetails>> PortsInAsync(string networkId, CancellationToken cancellationToken) =>
        (await cloud.AskAsync(Get($"ports?network_id={networkId}"), NeutronJson.Default.PortList, cancellationToken)).Ports;

    public async Task<PortDetails> CreatePortAsync(CreatePort port, CancellationToken cancellationToken) =>
        (await cloud.AskAsync(Post("ports").With(new CreatePortRequest(port), NeutronJson.Default.CreatePortRequest), NeutronJson.Default.PortAnswer, cancellationToken)).Port;

    public Task DeletePortAsync(string id, CancellationToken cancellationToken) => DeleteAsync("ports", id, cancellationToken);

    public async Task<IReadOnlyList<SecurityGroupDetails>> SecurityGroupsAsync(string? name, CancellationToken cancellationToken) =>
        (await cloud.AskAsync(Get("security-groups" + (name is null ? "" : "?name=" + Uri.EscapeDataString(name))), NeutronJson.Default.SecurityGroupList, cancellationToken)).SecurityGroups;

    public async Task<SecurityGroupDetails> CreateSecurityGroupAsync(CreateSecurityGroup group, CancellationToken cancellationToken) =>
        (await cloud.AskAsync(Post("security-groups").With(new CreateSecurityGroupRequest(group), NeutronJson.Default.CreateSecurityGroupRequest),
            NeutronJson.Default.SecurityGroupAnswer, cancellationToken)).SecurityGroup;

    /// <summary>Adds a rule; fine where it is there.</summary>
    public async Task EnsureRuleAsync(CreateRule rule, CancellationToken cancellationToken)
    {
        try
        {
            await cloud.TellAsync(Post("security-group-rules").With(new CreateRuleRequest(rule), NeutronJson.Default.CreateRuleRequest), cancellationToken);
        }
        catch (OpenStackRefusedException e) when (e.Status == HttpStatusCode.Conflict && e.Says("RuleExists", "already exists"))
        {
            // An earlier call whose answer was lost.
        }
    }

    public Task DeleteSecurityGroupAsync(string id, CancellationToken cancellationToken) => DeleteAsync("security-groups", id, cancellationToken);

    /// <summary>Sets tags, by which people find what is ours; ours is found by its description, which every Neutron has.</summary>
    public async Task TagAsync(string kind, string id, IReadOnlyList<string> tags, CancellationToken cancellationToken)
    {
        try
        {
            await cloud.TellAsync(new CloudRequest(CloudService.Neutron, HttpMethod.Put, $"{kind}/{id}/tags").With(new TagList(tags), NeutronJson.Default.TagList), cancellationToken);
        }
        catch (OpenStackRefusedException)
        {
            // A Neutron without tags, or a policy without them.
        }
    }

    public async Task<NetworkQuota?> QuotaAsync(string projectId, CancellationToken cancellationToken) =>
        (await cloud.AskIfAnyAsync(Get($"quotas/{projectId}/details.json"), NeutronJson.Default.QuotaAnswer, cancellationToken))?.Quota;

    private Task DeleteAsync(string kind, string id, CancellationToken cancellationToken) =>
        cloud.DeleteIfAnyAsync(new(CloudService.Neutron, HttpMethod.Delete, $"{kind}/{id}"), cancellationToken);

    private static CloudRequest Get(string path) => new(CloudService.Neutron, HttpMethod.Get, path);

    private static CloudRequest Post(string path) => new(CloudService.Neutron, HttpMethod.Post, path);
}
