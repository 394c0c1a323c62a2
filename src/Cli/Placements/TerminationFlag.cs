using System.CommandLine;
using Mano.Cli.Connection;
using Mano.Cli.Terminal;
using Mano.Lifecycle.V1;

namespace Mano.Cli.Placements;

/// <summary>Who may be terminated when there is no room otherwise (MEC 010-2 appTermCandsForCoord).</summary>
internal sealed class TerminationFlag
{
    private readonly Option<string[]> instead = new("--instead-of")
    {
        Description = "if there is no room: terminate those of these that are in the way; repeated, the first that makes room is taken",
        HelpName = "INSTANCE[,INSTANCE]",
        Arity = ArgumentArity.ZeroOrMore,
    };

    public Option Flag => instead;

    public async Task<IReadOnlyList<TerminationOption>> ReadAsync(Invocation run)
    {
        var options = new List<TerminationOption>();
        foreach (var names in run.Get(instead) ?? [])
        {
            var option = new TerminationOption();
            foreach (var name in names.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                option.AppInstanceIds.Add((await run.Meo.InstanceAsync(name, run.Stop)).AppInstanceId);
            }

            options.Add(option);
        }

        return options;
    }
}
