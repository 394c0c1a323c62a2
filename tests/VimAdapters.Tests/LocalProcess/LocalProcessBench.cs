using Mano.Testing;
using Mano.VimAdapters.Conformance;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.LocalProcess;
using Mano.VimAdapters.LocalProcess.Machine;
using Mano.VimAdapters.LocalProcess.Supervision;
using Mano.VimAdapters.Tests.Conformance;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mano.VimAdapters.Tests.LocalProcess;

/// <summary>A folder for one test, adapters on it, and the proof that nothing is left when the test ends.</summary>
public sealed class LocalProcessBench : IAsyncDisposable
{
    private static int ranges;
    private readonly TempFolder folder = new();
    private readonly List<VimFolder> vims = [];

    public LocalProcessBench()
    {
        // Tests run beside one another; each gets a range of its own so that addresses and ports never meet.
        var range = Interlocked.Increment(ref ranges);
        Options = new()
        {
            Folder = folder.File("vim"),
            AddressRange = $"127.{100 + (range / 250)}.{range % 250}.0/24",
            StopGrace = TimeSpan.FromSeconds(1),
            BackOff = TimeSpan.FromMilliseconds(50),
            BackOffLimit = TimeSpan.FromMilliseconds(200),
            PollInterval = TimeSpan.FromMilliseconds(100),
            MilliCpu = 100_000,
            MemoryMib = 100_000,
        };
    }

    public LocalProcessOptions Options { get; set; }

    internal TempFolder Folder => folder;

    internal VimFolder VimFolder => new(Options.Folder);

    internal LocalProcessVim Open(LocalProcessOptions? options = null)
    {
        options ??= Options;
        vims.Add(new(options.Folder));
        return new(options, TimeProvider.System, NullLogger<LocalProcessVim>.Instance);
    }

    internal ConformanceSubject Subject(string name) => new()
    {
        Name = name,
        Open = () => Task.FromResult<IVimAdapter>(Open()),
        Image = TestImages.RunsForever(folder),
        EndingImage = TestImages.EndsWithThree(folder),
        AddForeignCompute = AddForeignAsync,
    };

    /// <summary>What lives of a compute.</summary>
    internal IReadOnlyList<ProcessIdentity> LivingOf(string computeId) => new Remains(VimFolder.VimId, TimeProvider.System).Of(computeId, []);

    /// <summary>A script as an image, running as a compute.</summary>
    internal async Task<Compute> RunAsync(LocalProcessVim vim, string computeId, string script, Func<ComputeSpec, ComputeSpec>? shape = null)
    {
        var image = TestImages.Script(folder.FullPath, computeId + ".sh", script);
        await vim.EnsureImageAsync(image, default);
        var spec = new ComputeSpec { Name = computeId, Images = [image.Image], Resources = default, Labels = new("default", computeId), RestartPolicy = RestartPolicy.Never };
        return await vim.EnsureComputeAsync(computeId, 1, shape is null ? spec : shape(spec), default);
    }

    internal static async Task<Compute> BecomesAsync(LocalProcessVim vim, string computeId, Func<Compute, bool> state)
    {
        Compute? compute = null;
        try
        {
            await Eventually.Is(async () => (compute = await vim.GetComputeAsync(computeId, default)) is not null && state(compute));
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message} It is {compute?.State}: {compute?.Reason}\n{(await vim.ReadLogAsync(computeId, 0, default)).Text}", e);
        }

        return compute!;
    }

    internal static async Task<string> LogShowsAsync(LocalProcessVim vim, string computeId, string text)
    {
        var log = "";
        await Eventually.Is(async () => (log = (await vim.ReadLogAsync(computeId, 0, default)).Text).Contains(text, StringComparison.Ordinal), $"the log shows {text}");
        return log;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var vim in vims.DistinctBy(v => v.VimId))
        {
            var marked = new Remains(vim.VimId, TimeProvider.System).Marked();
            foreach (var computeId in marked)
            {
                await new Remains(vim.VimId, TimeProvider.System).KillAsync(computeId, [], TimeSpan.FromSeconds(5), default);
            }

            Assert.True(marked.Count == 0, $"processes of {string.Join(", ", marked)} were left behind");
            var groups = Directory.Exists("/sys/fs/cgroup") ? Directory.GetDirectories("/sys/fs/cgroup", $"mano-{vim.VimId}", SearchOption.AllDirectories) : [];
            Assert.True(groups.Length == 0, $"control groups were left behind: {string.Join(", ", groups)}");
        }

        Assert.DoesNotContain(folder.FullPath + "/", await File.ReadAllTextAsync("/proc/self/mountinfo"), StringComparison.Ordinal);
        folder.Dispose();
    }

    private async Task<IAsyncDisposable> AddForeignAsync()
    {
        var options = Options with { Folder = folder.File("foreign"), AddressRange = "127.99.0.0/24" };
        var vim = Open(options);
        await RunAsync(vim, "foreign", "while :; do sleep 60 & wait $!; done");
        return new Foreign(vim);
    }

    private sealed class Foreign(LocalProcessVim vim) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await vim.DeleteComputeIfAnyAsync("foreign", 2, default);
            await vim.DisposeAsync();
        }
    }
}
