using System.Globalization;
using Mano.Mesh.Failures;

namespace Mano.MecPlatform.Traffic.Nft;

/// <summary>Runs nft and conntrack inside the gateway's network namespace.</summary>
internal sealed class NftCommands(GatewayNamespace gateway) : INftKernel
{
    public void Apply(string transaction) => gateway.Run(transaction, "nft", "-f", "-");

    public string? List(NftFamily family)
    {
        try
        {
            return gateway.Run(null, "nft", "-n", "-j", "list", "table", family.Name, NftFamily.Table);
        }
        catch (FailureException none) when (none.Failure.Message.Contains("No such file or directory", StringComparison.Ordinal))
        {
            return null;
        }
    }

    public void ForgetFlows(IReadOnlyCollection<int> numbers)
    {
        foreach (var number in numbers)
        {
            try
            {
                gateway.Run(null, "conntrack", "-D", "--mark", $"{number.ToString(CultureInfo.InvariantCulture)}/{Marks.NumberMask}");
            }
            catch (FailureException none) when (none.Failure.Message.Contains("0 flow entries", StringComparison.Ordinal))
            {
                // It exits with 1 when there was nothing to forget.
            }
        }
    }
}
