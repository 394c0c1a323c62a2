using System.CommandLine;
using Mano.Cli.Connection;
using Mano.Cli.Terminal;
using Mano.Site.V1;

namespace Mano.Cli.Instances;

/// <summary><c>mano instance events</c>: what the VIM says happened to the instance's compute.</summary>
internal static class EventsVerb
{
    public static Command Build(Verbs verbs)
    {
        var which = InstanceCommand.Which();
        return verbs.Verb("events", "what the VIM says happened to it, from its site, newest first", [which], async run =>
        {
            var instance = await run.Meo.InstanceAsync(run.Get(which), run.Stop);
            var (site, mepm) = await InstanceViews.SiteOf(run, instance);
            var request = new ListEventsRequest { AppInstanceId = instance.AppInstanceId };
            var answer = await run.Meo.AskAt(site.MepmAddress, $"MEPM of {site.SiteId}", o => mepm.ListEventsAsync(request, o), run.Stop);
            run.Answer(answer, console =>
            {
                var listing = new Listing("WHEN", "KIND", "WHAT") { WhenEmpty = "the VIM says nothing of it" };
                foreach (var told in answer.Events)
                {
                    listing.Add(Words.Ago(told.At, run.Surroundings.Clock.GetUtcNow()), new Cell(told.Kind, told.IsWarning ? "yellow" : null), told.Message);
                }

                listing.Show(console);
            });
            return ExitCode.Done;
        });
    }
}
