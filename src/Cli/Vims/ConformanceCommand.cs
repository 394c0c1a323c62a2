using System.CommandLine;
using System.Diagnostics;
using Mano.Cli.Terminal;
using Mano.Mesh.Channels;
using Mano.Mesh.Failures;
using Mano.VimAdapters.Conformance;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.Remote;

namespace Mano.Cli.Vims;

/// <summary><c>mano vim conformance</c>: whether an adapter keeps the contract (docs/how-to/add-a-vim-adapter.md).</summary>
internal static class ConformanceCommand
{
    public static Command Build(Verbs verbs)
    {
        var flags = new ConformanceFlags();
        return verbs.Verb("conformance", "check an adapter against the VIM contract; exits 1 when a rule is broken", flags.All, run => run.Get(flags.List) ? List(run, flags) : CheckAsync(run, flags));
    }

    private static Task<ExitCode> List(Invocation run, ConformanceFlags flags)
    {
        var checks = Chosen(run, flags);
        if (run.Json || run.Get(flags.Json))
        {
            run.Surroundings.RawOut.WriteLine(Documents.Of(new CheckListDocument([.. checks.Select(CheckBody.Of)]), ConformanceJson.Default.CheckListDocument));
        }
        else
        {
            ConformanceTable.List(run.Out, checks);
        }

        return Task.FromResult(ExitCode.Done);
    }

    private static async Task<ExitCode> CheckAsync(Invocation run, ConformanceFlags flags)
    {
        var checks = Chosen(run, flags);
        using var folder = new KitFolder();
        using var channels = new GrpcChannels(run.Certificates());
        var subject = await SubjectAsync(run, flags, folder.Path, channels);
        var json = run.Json || run.Get(flags.Json);
        var table = new ConformanceTable(json ? run.Err : run.Out, checks);
        await using var session = await ConformanceSession.OpenAsync(subject, run.Stop);
        table.Begin(subject.Name, session.Capabilities);
        var results = new List<ConformanceResult>();
        var left = new List<string>(await session.BeginAsync());
        try
        {
            foreach (var check in checks)
            {
                table.Start(check);
                results.Add(await session.RunAsync(check));
                table.Finish(results[^1]);
            }
        }
        catch (OperationCanceledException) when (run.Stop.IsCancellationRequested)
        {
            table.Interrupted();
        }

        left.AddRange(await session.EndAsync());
        table.End(results, left);
        if (json)
        {
            run.Surroundings.RawOut.WriteLine(Documents.Of(ConformanceDocument.Of(subject.Name, session.Capabilities, results, left), ConformanceJson.Default.ConformanceDocument));
        }

        return run.Stop.IsCancellationRequested ? ExitCode.Interrupted
            : left.Count > 0 || results.Any(r => r.Verdict == ConformanceVerdict.Failed) ? ExitCode.Failed : ExitCode.Done;
    }

    private static IReadOnlyList<ConformanceCheck> Chosen(Invocation run, ConformanceFlags flags)
    {
        var checks = VimConformance.Matching(run.Get(flags.Only)!);
        return checks.Count > 0 ? checks : throw Wrong($"--only: no check has {string.Join(" or ", run.Get(flags.Only)!)} in its name or sentence; --list shows them.");
    }

    private static async Task<ConformanceSubject> SubjectAsync(Invocation run, ConformanceFlags flags, string folder, GrpcChannels channels)
    {
        var (address, adapter, settings) = (run.Get(flags.Address), run.Get(flags.Adapter), run.Get(flags.Settings)!);
        if (address is null == adapter is null)
        {
            throw Wrong("Name one adapter: its address (http://127.0.0.1:7431), or --adapter NAME for one that ships.");
        }

        async Task<VimCapabilities> AskAsync()
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(run.Stop);
            patience.CancelAfter(run.Get(flags.Patience));
            await using var shipped = adapter is null ? null : ShippedAdapter.Open(adapter, settings);
            var vim = shipped?.Vim ?? new RemoteVimAdapter(new() { Address = address!.ToString() }, channels, run.Surroundings.Clock);
            try
            {
                return await vim.GetCapabilitiesAsync(patience.Token);
            }
            catch (OperationCanceledException e) when (!run.Stop.IsCancellationRequested)
            {
                throw new FailureException(ConformanceSession.NoAnswer(adapter ?? address!.ToString(), run.Get(flags.Patience)), e);
            }
        }

        var (image, ending) = Images(run, flags, folder, await AskAsync());
        var restart = run.Get(flags.RestartWith) is { } command ? () => RestartAsync(command, AskAsync, run) : (Func<Task>?)null;
        var subject = address is not null
            ? RemoteSubject.Of(address, image, run.Get(flags.Patience), channels, restart)
            : Shipped(adapter!, settings, image, run.Get(flags.Patience));
        return subject with
        {
            EndingImage = ending, Small = run.Get(flags.Size), Repetitions = run.Get(flags.Repeat),
            Chart = run.Get(flags.Chart) is { } chart ? KitImages.FromFile(Path.GetFullPath(chart, run.Surroundings.Folder), ImageFormat.HelmChart) : null,
        };
    }

    private static ConformanceSubject Shipped(string adapter, IReadOnlyList<string> settings, ImageSource image, TimeSpan patience)
    {
        ShippedAdapter? open = null;
        return new()
        {
            Name = adapter,
            Image = image,
            Patience = patience,
            Open = () => Task.FromResult((open = ShippedAdapter.Open(adapter, settings)).Vim),
            Close = _ => open!.DisposeAsync(),
        };
    }

    private static (ImageSource Image, ImageSource? Ending) Images(Invocation run, ConformanceFlags flags, string folder, VimCapabilities capabilities)
    {
        if (run.Get(flags.ImageName) is { } name)
        {
            return (ImageSource.FromName(name), null);
        }

        if (run.Get(flags.Image) is not { } file)
        {
            return KitImages.Make(folder, capabilities, run.Surroundings.Ids.NewId());
        }

        var format = run.Get(flags.Format) ?? throw Wrong("--image needs --format: the file does not say how it is packed.");
        return (FromFile(file), run.Get(flags.EndingImage) is { } ending ? FromFile(ending) : null);

        ImageSource FromFile(string path) => KitImages.FromFile(Path.GetFullPath(path, run.Surroundings.Folder), format);
    }

    /// <summary>Runs the command, and waits until the adapter answers again.</summary>
    private static async Task RestartAsync(string command, Func<Task<VimCapabilities>> ask, Invocation run)
    {
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", command]))!;
        await process.WaitForExitAsync(run.Stop);
        if (process.ExitCode != 0)
        {
            throw Wrong($"--restart-with: '{command}' ended with {process.ExitCode}.");
        }

        while (true)
        {
            try
            {
                await ask();
                return;
            }
            catch (FailureException e) when (e.Failure.Kind == FailureKind.Unavailable)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200), run.Surroundings.Clock, run.Stop);
            }
        }
    }

    private static FailureException Wrong(string sentence) => Failure.InvalidInput(Sentences.UsageReason, sentence).ToException();

    /// <summary>A folder for the kit's own images, gone when the kit ends.</summary>
    private sealed class KitFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("mano-kit-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
