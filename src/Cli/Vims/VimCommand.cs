using System.CommandLine;
using Mano.Cli.Terminal;

namespace Mano.Cli.Vims;

/// <summary><c>mano vim …</c>: the infrastructure managers below the sites, and the adapters that speak to them.</summary>
internal static class VimCommand
{
    public static Command Build(Verbs verbs) => Verbs.Noun(
        "vim", "adapters of infrastructure managers (Mm6)", ConformanceCommand.Build(verbs), ServeCommand.Build(verbs), ContractCommand.Build(verbs));
}
