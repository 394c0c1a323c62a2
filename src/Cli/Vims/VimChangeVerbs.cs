using System.CommandLine;
using Google.Protobuf.Collections;
using Mano.Cli.Connection;
using Mano.Cli.Terminal;
using Mano.Site.V1;
using Mano.Vim.V1;
using VimInfo = Mano.Site.V1.Vim;

namespace Mano.Cli.Vims;

/// <summary><c>mano vim add|test|update|remove|rotate-key</c>: the VIM connections of a site, changed at its MEPM.</summary>
internal static class VimChangeVerbs
{
    public static Command Add(Verbs verbs)
    {
        var (site, flags, noTest) = (new SiteChoice(), new SettingFlags(), NoTest());
        var name = new Argument<string>("NAME") { Description = "what the site's hosts will call it: 1 to 63 of [a-z0-9-]" };
        var adapter = new Option<string>("--adapter") { Description = "OpenStack, Kubernetes, … ('mano vim adapters')", HelpName = "ADAPTER", Required = true };
        return verbs.Verb("add", "add a VIM connection to a site, after a test of it", [name, adapter, .. flags.Flags, noTest, .. site.Flags], async run =>
        {
            var door = await site.OpenAsync(run);
            var request = new AddVimRequest { Name = run.Get(name), Adapter = run.Get(adapter)!, SkipTest = run.Get(noTest) };
            request.Settings.Add(flags.Settings(run));
            request.Secrets.Add(flags.Secrets(run));
            door.ProtectSecrets(request.Secrets.Count > 0);
            var answer = await door.Ask((vims, o) => vims.AddVimAsync(request, o));
            return Said(run, answer, answer.Vim, answer.Checks, $"added: {request.Name}; next: mano host add ID --vim {request.Name} --zone ZONE --platform URL",
                "nothing was added; --no-test adds it as it is");
        });
    }

    public static Command Update(Verbs verbs)
    {
        var (site, flags, noTest) = (new SiteChoice(), new SettingFlags(), NoTest());
        var name = new Argument<string>("NAME") { Description = "name of a VIM connection" };
        return verbs.Verb("update", "change settings or secrets of a VIM connection; instances go on running", [name, .. flags.Flags, noTest, .. site.Flags], async run =>
        {
            var door = await site.OpenAsync(run);
            var request = new UpdateVimRequest { Name = run.Get(name), SkipTest = run.Get(noTest) };
            request.Settings.Add(flags.Settings(run));
            request.Secrets.Add(flags.Secrets(run));
            door.ProtectSecrets(request.Secrets.Count > 0);
            var answer = await door.Ask((vims, o) => vims.UpdateVimAsync(request, o));
            return Said(run, answer, answer.Vim, answer.Checks, $"changed: {request.Name}", "nothing was changed; --no-test changes it as it is");
        });
    }

    public static Command Test(Verbs verbs)
    {
        var (site, flags) = (new SiteChoice(), new SettingFlags());
        var name = new Argument<string>("NAME") { Description = "name of a VIM connection; absent: one that is not added, with --adapter", Arity = ArgumentArity.ZeroOrOne, DefaultValueFactory = _ => "" };
        var adapter = new Option<string?>("--adapter") { Description = "test one that is not added yet", HelpName = "ADAPTER" };
        return verbs.Verb("test", "look whether a VIM connection is of use, and say what is missing; exits 1 when something is", [name, adapter, .. flags.Flags, .. site.Flags], async run =>
        {
            if (run.Get(name).Length > 0 == (run.Get(adapter) is not null))
            {
                throw Sentences.Usage("Name a VIM connection of the site, or give --adapter with its settings to test one that is not added: one of the two.", "NAME");
            }

            var door = await site.OpenAsync(run);
            var request = new TestVimRequest();
            if (run.Get(adapter) is { } untried)
            {
                request.Untried = new() { Adapter = untried };
                request.Untried.Settings.Add(flags.Settings(run));
                request.Untried.Secrets.Add(flags.Secrets(run));
                door.ProtectSecrets(request.Untried.Secrets.Count > 0);
            }
            else
            {
                request.Name = run.Get(name);
            }

            var answer = await door.Ask((vims, o) => vims.TestVimAsync(request, o));
            run.Answer(answer, console => ChecksTable.Show(console, answer.Checks));
            return ChecksTable.Passed(answer.Checks) ? ExitCode.Done : ExitCode.Failed;
        });
    }

    public static Command Remove(Verbs verbs)
    {
        var site = new SiteChoice();
        var name = new Argument<string>("NAME") { Description = "name of a VIM connection" };
        return verbs.Verb("remove", "forget a VIM connection that no host uses; what runs there stays", [name, .. site.Flags], async run =>
        {
            var door = await site.OpenAsync(run);
            var vim = Naming.Pick("vim", run.Get(name), (await door.Ask((vims, o) => vims.ListVimsAsync(new(), o))).Vims, v => v.Name, _ => "");
            var answer = await door.Ask((vims, o) => vims.RemoveVimIfAnyAsync(new() { Name = vim.Name }, o));
            run.Answer(answer, console => console.Line($"removed: {vim.Name}"));
            return ExitCode.Done;
        });
    }

    public static Command RotateKey(Verbs verbs)
    {
        var site = new SiteChoice();
        return verbs.Verb("rotate-key", "encrypt the stored secrets of a site under a new key", [.. site.Flags], async run =>
        {
            var door = await site.OpenAsync(run);
            var answer = await door.Ask((vims, o) => vims.RotateKeyAsync(new(), o));
            run.Answer(answer, console => console.Line($"{answer.Secrets} secrets are encrypted under a new key; older backups open with the old one alone"));
            return ExitCode.Done;
        });
    }

    private static ExitCode Said(
        Invocation run, Google.Protobuf.IMessage answer, VimInfo? vim, RepeatedField<ConnectionCheck> checks, string done, string not)
    {
        run.Answer(answer, console =>
        {
            if (checks.Count > 0)
            {
                ChecksTable.Show(console, checks);
                console.Line();
            }

            console.Line(vim is not null ? done : not, vim is not null ? null : "red");
        });
        return vim is not null ? ExitCode.Done : ExitCode.Failed;
    }

    private static Option<bool> NoTest() => new("--no-test") { Description = "whatever a test of it would find" };
}
