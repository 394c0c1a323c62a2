using System.CommandLine;
using Mano.Cli.Connection;
using Mano.Cli.Terminal;
using Mano.Onboarding.V1;
using Spectre.Console;

namespace Mano.Cli.Packages;

/// <summary><c>mano package …</c>: application packages, on disk and in the MEO's catalogue.</summary>
internal static class PackageCommand
{
    public static Command Build(Verbs verbs) => Verbs.Noun(
        "package", "application packages: build, validate, explain, onboard, enable, disable, delete",
        PackageFiles.Build(verbs), PackageFiles.Validate(verbs), ExplainVerb.Build(verbs), OnboardVerb.Build(verbs), List(verbs), Show(verbs),
        Set(verbs, true), Set(verbs, false), Delete(verbs));

    private static Argument<string> Which() => new("PACKAGE") { Description = "application name, appDId, package id, or its beginning" };

    private static Command List(Verbs verbs)
    {
        var flags = new ListFlags();
        return verbs.Verb("list", "the packages of the catalogue", [.. flags.All], async run =>
        {
            var all = await flags.ReadAsync(run, new ListAppPackagesRequest(), (r, o) => run.Meo.Onboarding.ListAppPackagesAsync(r, o));
            flags.Show(run, all, () => Table([.. all.AppPackages]));
            return ExitCode.Done;
        });
    }

    private static Command Show(Verbs verbs)
    {
        var which = Which();
        var descriptor = new Option<bool>("--descriptor") { Description = "print the application descriptor (AppD, MEC 010-2 §6.2.1) as JSON instead" };
        return verbs.Verb("show", "one package: states, files, warnings", [which, descriptor], async run =>
        {
            var package = await run.Meo.PackageAsync(run.Get(which), run.Stop);
            if (run.Get(descriptor))
            {
                var answer = await run.Meo.Ask(
                    o => run.Meo.Onboarding.GetAppDescriptorAsync(new GetAppDescriptorRequest { AppPackageId = package.AppPackageId }, o), run.Stop);
                run.Surroundings.RawOut.WriteLine(answer.Json);
                return ExitCode.Done;
            }

            run.Answer(package, console => ShowOne(console, package));
            return ExitCode.Done;
        });
    }

    private static Command Set(Verbs verbs, bool enabled)
    {
        var which = Which();
        var description = enabled ? "allow new instances again" : "refuse new instances; running ones stay";
        return verbs.Verb(enabled ? "enable" : "disable", description, [which], async run =>
        {
            var package = await run.Meo.PackageAsync(run.Get(which), run.Stop);
            var request = new SetAppPackageOperationalStateRequest
            {
                AppPackageId = package.AppPackageId,
                OperationalState = enabled ? AppPackageInfo.Types.OperationalState.Enabled : AppPackageInfo.Types.OperationalState.Disabled,
            };
            var answer = await run.Meo.Ask(o => run.Meo.Onboarding.SetAppPackageOperationalStateAsync(request, o), run.Stop);
            run.Answer(answer.AppPackage, console => console.Line($"{package.AppName}: {Words.Of(answer.AppPackage.OperationalState)}"));
            return ExitCode.Done;
        });
    }

    private static Command Delete(Verbs verbs)
    {
        var which = Which();
        return verbs.Verb("delete", "remove a package that is DISABLED and not in use", [which], async run =>
        {
            var package = await run.Meo.PackageAsync(run.Get(which), run.Stop);
            var answer = await run.Meo.Ask(
                o => run.Meo.Onboarding.DeleteAppPackageAsync(new DeleteAppPackageRequest { AppPackageId = package.AppPackageId }, o), run.Stop);
            run.Answer(answer, console => console.Line($"deleted: {package.AppName} ({package.AppPackageId})"));
            return ExitCode.Done;
        });
    }

    private static Listing Table(List<AppPackageInfo> all)
    {
        var shortId = Words.ShortIds(all.Select(p => p.AppPackageId));
        var listing = new Listing("APPLICATION", "VERSION", "PROVIDER", "ID", "STATE", "USE") { WhenEmpty = "no packages ('mano package onboard FILE' adds one)" };
        foreach (var package in all)
        {
            listing.Add(package.AppName, package.AppSoftVersion, package.AppProvider, shortId(package.AppPackageId), State(package), Use(package));
        }

        return listing;
    }

    /// <summary>ENABLED or DISABLED says that it is onboarded.</summary>
    private static Cell State(AppPackageInfo package) => package.OnboardingState != AppPackageInfo.Types.OnboardingState.Onboarded
        ? new Cell(Words.Of(package.OnboardingState), package.OnboardingFailure is null ? "grey" : "red")
        : new Cell(Words.Of(package.OperationalState), package.OperationalState == AppPackageInfo.Types.OperationalState.Enabled ? "green" : "yellow");

    private static string Use(AppPackageInfo package) =>
        package.UsageState == AppPackageInfo.Types.UsageState.Unspecified ? "" : Words.Of(package.UsageState);

    private static void ShowOne(IAnsiConsole console, AppPackageInfo package)
    {
        new Listing("", "")
            .Add("application", $"{package.AppName} {package.AppSoftVersion} of {package.AppProvider}")
            .Add("package", package.AppPackageId)
            .Add("appDId", package.AppDId)
            .Add("state", State(package))
            .Add("use", Use(package))
            .Add("needs", Words.Amount(package.Resources))
            .Show(console);
        if (package.Artifacts.Count > 0)
        {
            console.Line();
            var files = new Listing("FILE", "SIZE", "SHA-256");
            package.Artifacts.ToList().ForEach(a => files.Add(a.Path, Words.Bytes(a.SizeBytes), a.Sha256[..Math.Min(16, a.Sha256.Length)]));
            files.Show(console);
        }

        if (package.OnboardingFailure is { } failure)
        {
            console.Line($"refused: {failure.Message}", "red");
            console.ShowFaults(Faults.Of(failure.Faults));
        }

        console.ShowFaults(Faults.Of(package.Warnings));
    }
}
