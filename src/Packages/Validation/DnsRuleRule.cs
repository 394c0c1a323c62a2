using System.Net.Sockets;
using Mano.Packages.AppD;
using Mano.Packages.Reading;

namespace Mano.Packages.Validation;

/// <summary>DNS rules have ids of their own, a name that DNS can carry, and an address of the family they claim.</summary>
internal sealed class DnsRuleRule : IDescriptorRule
{
    public void Check(AppDescriptor app, ReadingContext context)
    {
        foreach (var twice in app.AppDNSRule.GroupBy(r => r.DnsRuleId).Where(g => g.Key.Length > 0 && g.Count() > 1))
        {
            context.Faults.Error("duplicate-id", context.Sources.At(twice.Last(), "dnsRuleId"), $"Two DNS rules have the id {twice.Key}.");
        }

        foreach (var rule in app.AppDNSRule)
        {
            if (rule.DomainName.Length > 0 && !IsName(rule.DomainName))
            {
                context.Faults.Error("domain-name", context.Sources.At(rule, "domainName"),
                    $"\"{rule.DomainName}\" is no fully qualified domain name: labels of 1 to 63 letters, digits and hyphens, joined by dots, 253 characters at most.");
            }

            var family = rule.IpAddressType == IpAddressType.IpV4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;
            if (rule.IpAddress.Length > 0 && !Addresses.IsAddress(rule.IpAddress, family))
            {
                context.Faults.Error("bad-value", context.Sources.At(rule, "ipAddress"),
                    $"\"{rule.IpAddress}\" is no {(family == AddressFamily.InterNetwork ? "IPv4" : "IPv6")} address, which ipAddressType announces; write one, or the other type.");
            }
        }
    }

    private static bool IsName(string name) => name.Length <= 253 && name.Split('.') is { Length: >= 2 } labels && labels.All(IsLabel);

    private static bool IsLabel(string label) =>
        label.Length is >= 1 and <= 63 && label[0] != '-' && label[^1] != '-' && label.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
}
