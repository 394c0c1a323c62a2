using System.CommandLine;
using Mano.Cli.Terminal;
using Spectre.Console;

namespace Mano.Cli.Packages;

/// <summary><c>mano package onboard</c>: a package into the catalogue, or every fault of it.</summary>
internal static class OnboardVerb
{
    public static Command Build(Verbs verbs)
    {
        var file = new Argument<string>("FILE") { Description = "a CSAR, or an application descriptor alone in JSON or YAML" };
        var id = new Option<string>("--id") { Description = "your own id for the package, a GUID", HelpName = "GUID" };
        return verbs.Verb("onboard", "check a package and add it to the catalogue", [file, id], async run =>
        {
            await using var content = PackageFiles.Open(run, run.Get(file));
            var package = await SendAsync(run, content, Path.GetFileName(run.Get(file)), run.Get(id) ?? "");
            run.Answer(package, console =>
            {
                run.Err.ShowFaults(Faults.Of(package.Warnings));
                console.Line($"onboarded: {package.AppName} {package.AppSoftVersion} ({package.AppPackageId}); next: mano instance create {package.AppName}", "green");
            });
            return ExitCode.Done;
        });
    }

    private static Task<AppPackageInfo> SendAsync(Invocation run, FileStream content, string name, string id)
    {
        if (!run.Err.CanRedraw() || run.Json)
        {
            return new PackageUpload(run.Meo, run.Surroundings.Clock) { OnBroken = run.Remark }.OnboardAsync(content, name, id, run.Stop);
        }

        return run.Err.Progress().AutoClear(true).HideCompleted(true).StartAsync(async view =>
        {
            var bar = view.AddTask($"sending {name.EscapeMarkup()}", maxValue: Math.Max(1, content.Length));
            return await new PackageUpload(run.Meo, run.Surroundings.Clock)
            {
                OnSent = sent => bar.Value = sent,
                OnBroken = news => bar.Description = news.EscapeMarkup(),
            }.OnboardAsync(content, name, id, run.Stop);
        });
    }
}
