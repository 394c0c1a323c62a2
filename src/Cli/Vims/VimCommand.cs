using System.CommandLine;
using Mano.Cli.Terminal;

namespace Mano.Cli.Vims;

/// <summary><c>mano vim …</c>: the infrastructure managers below the sites, and the adapters that speak to them.</summary>
internal static class VimCommand
{
    public static Command Build(Verbs verbs) => Verbs.Noun(
        "vim", "infrastructure managers (VIMs) below the sites, and their adapters",
        VimViewVerbs.List(verbs), VimViewVerbs.Show(verbs), VimChangeVerbs.Add(verbs), VimChangeVerbs.Test(verbs), VimChangeVerbs.Update(verbs),
        VimChangeVerbs.Remove(verbs), VimViewVerbs.Adapters(verbs), VimChangeVerbs.RotateKey(verbs),
        ConformanceCommand.Build(verbs), ServeCommand.Build(verbs), ContractCommand.Build(verbs));
}
