using System.CommandLine;
using Mano.Cli.Connection;
using Mano.Cli.Terminal;
using Mano.Site.V1;
using VimInfo = Mano.Site.V1.Vim;

namespace Mano.Cli.Vims;

/// <summary><c>mano vim list|show|adapters</c>: which VIM connections a site has, and what an adapter takes.</summary>
internal static class VimViewVerbs
{
    public static Command List(Verbs verbs)
    {
        var site = new SiteChoice();
        return verbs.Verb("list", "the VIM connections of a site, whether they answer, and who uses them", [.. site.Flags], async run =>
        {
            var door = await site.OpenAsync(run);
            var answer = await door.Ask((vims, o) => vims.ListVimsAsync(new(), o));
            run.Answer(answer, console =>
            {
                Table(answer.Vims, run.Surroundings.Clock.GetUtcNow()).Show(console);

                // A VIM's own sentences are long: beneath the table they have the whole width.
                foreach (var vim in answer.Vims.Where(v => v.Fault.Length > 0))
                {
                    console.Line($"{vim.Name}: {vim.Fault}", "red");
                }
            });
            return ExitCode.Done;
        });
    }

    public static Command Show(Verbs verbs)
    {
        var site = new SiteChoice();
        var which = new Argument<string>("NAME") { Description = "name of a VIM connection" };
        return verbs.Verb("show", "one VIM connection: its settings, its hosts, what is wrong with it", [which, .. site.Flags], async run =>
        {
            var door = await site.OpenAsync(run);
            var vim = Naming.Pick("vim", run.Get(which), (await door.Ask((vims, o) => vims.ListVimsAsync(new(), o))).Vims, v => v.Name, _ => "");
            run.Answer(vim, console =>
            {
                var facts = new Listing("", "").Add("VIM", new Cell(vim.Name, "bold")).Add("adapter", vim.Adapter).Add("state", State(vim));
                AddIfAny(facts, "fault", vim.Fault);
                AddIfAny(facts, "hosts", string.Join(", ", vim.HostIds));
                AddIfAny(facts, "added", Words.Ago(vim.AddedTime, run.Surroundings.Clock.GetUtcNow()));
                AddIfAny(facts, "changed", vim.ChangedTime == vim.AddedTime ? "" : Words.Ago(vim.ChangedTime, run.Surroundings.Clock.GetUtcNow()));
                facts.Show(console);
                console.Line();
                var settings = new Listing("SETTING", "VALUE") { WhenEmpty = "no settings" };
                foreach (var (name, value) in vim.Settings.Select(s => (s.Key, s.Value)).Concat(vim.SecretsSet.Select(s => (s, "set, secret"))).OrderBy(s => s.Item1, StringComparer.Ordinal))
                {
                    settings.Add(name, value);
                }

                settings.Show(console);
            });
            return ExitCode.Done;
        });
    }

    public static Command Adapters(Verbs verbs)
    {
        var site = new SiteChoice();
        var which = new Argument<string>("ADAPTER") { Description = "only this one, with its settings", Arity = ArgumentArity.ZeroOrOne, DefaultValueFactory = _ => "" };
        return verbs.Verb("adapters", "the VIM adapters of a site, and the settings of one", [which, .. site.Flags], async run =>
        {
            var door = await site.OpenAsync(run);
            var answer = await door.Ask((vims, o) => vims.ListAdaptersAsync(new(), o));
            if (run.Get(which) is { Length: > 0 } asked)
            {
                var one = answer.Adapters.FirstOrDefault(a => a.Name.Equals(asked, StringComparison.OrdinalIgnoreCase))
                    ?? Naming.Pick("adapter", asked, answer.Adapters, a => a.Name, _ => "");
                run.Answer(one, console => Settings(one).Show(console));
                return ExitCode.Done;
            }

            run.Answer(answer, console =>
            {
                var listing = new Listing("ADAPTER", "REQUIRED", "SECRET");
                foreach (var adapter in answer.Adapters)
                {
                    listing.Add(
                        adapter.Name, string.Join(", ", adapter.Settings.Where(s => s.Required).Select(s => s.Name)),
                        string.Join(", ", adapter.Settings.Where(s => s.Secret).Select(s => s.Name)));
                }

                listing.Show(console);
                console.Line("'mano vim adapters ADAPTER' lists all settings of one", "grey");
            });
            return ExitCode.Done;
        });
    }

    private static Listing Table(IEnumerable<VimInfo> vims, DateTimeOffset now)
    {
        var listing = new Listing("VIM", "ADAPTER", "STATE", "HOSTS", "ADDED", "SECRETS") { WhenEmpty = "this site has no VIM; 'mano vim add' adds one" };
        foreach (var vim in vims)
        {
            listing.Add(
                vim.Name, vim.Adapter, State(vim), string.Join(", ", vim.HostIds), vim.Configured ? "configured" : Words.Ago(vim.AddedTime, now),
                vim.SecretsSet.Count == 0 ? "" : $"{vim.SecretsSet.Count} set");
        }

        return listing;
    }

    private static Listing Settings(VimAdapter adapter)
    {
        var listing = new Listing("SETTING", "TYPE", "DEFAULT", "WHAT") { WhenEmpty = $"{adapter.Name} has no settings" };
        foreach (var setting in adapter.Settings.OrderByDescending(s => s.Required).ThenBy(s => s.Name, StringComparer.Ordinal))
        {
            var what = setting.Secret ? $"secret. {setting.Description}" : setting.Description;
            listing.Add(setting.Name, setting.Type, setting.Required ? new Cell("required", "yellow") : setting.DefaultValue, what.TrimEnd());
        }

        return listing;
    }

    private static Cell State(VimInfo vim) => new(Words.Of(vim.State), vim.State switch
    {
        VimInfo.Types.State.Connected => "green",
        VimInfo.Types.State.Idle => "grey",
        VimInfo.Types.State.Faulty => "red",
        _ => "yellow",
    });

    private static void AddIfAny(Listing facts, string name, string value)
    {
        if (value.Length > 0)
        {
            facts.Add(name, value);
        }
    }
}
