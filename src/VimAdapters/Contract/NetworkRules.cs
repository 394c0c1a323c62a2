using System.Net;
using Mano.Mesh.Failures;

namespace Mano.VimAdapters.Contract;

/// <summary>Whether what is asked of networks is well-formed, the same for every adapter. All faults are found, not only the first.</summary>
public static class NetworkRules
{
    private const int MaxNetworks = 8;

    /// <summary>Refuses an ill-formed key, number or specification.</summary>
    public static void CheckNetwork(string networkId, long operationNumber, NetworkSpec spec)
    {
        var faults = KeyFaults(networkId, operationNumber);
        RequestRules.AddTextFaults(faults, "spec.name", spec.Name, 255);
        if (spec.Labels.Tenant.Length == 0)
        {
            faults.Add(new("spec.labels", "the tenant is required."));
        }

        if (spec.Cidr.Length > 0 && !IsCidr(spec.Cidr))
        {
            faults.Add(new("spec.cidr", $"'{RequestRules.Shown(spec.Cidr)}' is refused; something like 10.20.0.0/24, with no bits beyond the prefix, would be right."));
        }

        RequestRules.Refuse(RequestRules.Shown(VimFailures.NetworkSubject(networkId)), faults);
    }

    /// <summary>Refuses an ill-formed key or number.</summary>
    public static void CheckNetworkKey(string networkId, long operationNumber) =>
        RequestRules.Refuse(RequestRules.Shown(VimFailures.NetworkSubject(networkId)), KeyFaults(networkId, operationNumber));

    internal static void AddFaults(List<Fault> faults, IReadOnlyList<string> networks)
    {
        if (networks.Count > MaxNetworks)
        {
            faults.Add(new("spec.networks", $"{networks.Count} are given; at most {MaxNetworks}."));
        }

        for (var i = 0; i < networks.Count; i++)
        {
            if (!RequestRules.IsKey(networks[i]) || networks.Take(i).Contains(networks[i]))
            {
                faults.Add(new($"spec.networks[{i}]",
                    $"'{RequestRules.Shown(networks[i])}' is refused; a network_id of 1 to 128 characters of [A-Za-z0-9._-], the first a letter or a digit, none twice."));
            }
        }
    }

    // TryParse forgives bits beyond the prefix; VIMs do not agree on what those mean.
    private static bool IsCidr(string text) =>
        IPNetwork.TryParse(text, out var network) && IPAddress.TryParse(text[..text.IndexOf('/', StringComparison.Ordinal)], out var first) && network.BaseAddress.Equals(first);

    private static List<Fault> KeyFaults(string networkId, long operationNumber)
    {
        var faults = new List<Fault>();
        if (!RequestRules.IsKey(networkId))
        {
            faults.Add(new("network_id", $"'{RequestRules.Shown(networkId)}' is refused; 1 to 128 characters of [A-Za-z0-9._-], the first a letter or a digit."));
        }

        if (operationNumber < 1)
        {
            faults.Add(new("operation_number", $"{operationNumber} is refused; it starts at 1 and grows with every new intent."));
        }

        return faults;
    }
}
