using System.CommandLine;

namespace Mano.Cli.Up;

/// <summary><c>--vim local-process|simulated</c>.</summary>
internal static class VimFlag
{
    public static Option<VimKind> Create() => new("--vim")
    {
        Description = "run applications as processes of this machine, or only pretend to",
        HelpName = "local-process|simulated",
        CustomParser = result =>
        {
            switch (result.Tokens[0].Value)
            {
                case "local-process": return VimKind.LocalProcess;
                case "simulated": return VimKind.Simulated;
                default:
                    result.AddError($"--vim: '{result.Tokens[0].Value}' is not one of them; write local-process or simulated.");
                    return default;
            }
        },
    };
}
