using Mano.Packages.AppD;
using Mano.Packages.Reading;

namespace Mano.Packages.Validation;

/// <summary>One rule of the standard over a whole descriptor. Tells every breach, each at its path.</summary>
internal interface IDescriptorRule
{
    void Check(AppDescriptor app, ReadingContext context);
}

/// <summary>All rules; each looks at the descriptor alone, so their order does not matter.</summary>
internal static class DescriptorRules
{
    private static readonly IDescriptorRule[] All =
    [
        new MecVersionRule(), new RealisationRule(), new ImageRule(), new ContainerRule(), new ConnectionPointRule(),
        new TrafficRuleRule(), new TrafficFilterRule(), new InterfaceRule(), new DnsRuleRule(),
        new LatencyRule(), new OperationTimesRule(), new ContextTransferRule(), new ServiceRule(), new BootDataRule(),
        new StorageRule(), new TokenEndpointRule(),
    ];

    internal static void Check(AppDescriptor app, ReadingContext context)
    {
        foreach (var rule in All)
        {
            rule.Check(app, context);
        }
    }
}
