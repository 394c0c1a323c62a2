using System.Collections.Concurrent;
using Mano.Mepm.Findings;
using Mano.Mepm.Granting;
using Mano.Mepm.Hosts;
using Mano.Mepm.Images;
using Mano.Mepm.Instances;
using Mano.Mepm.Instances.Planning;
using Mano.Mepm.Loop;
using Mano.Mepm.Orphans;
using Mano.Mepm.Platforms;
using Mano.Mepm.Tests.Fakes;
using Mano.Mesh.Failures;
using Mano.Mesh.State.InMemory;
using Mano.Testing;
using Mano.VimAdapters.Simulated;
using Microsoft.Extensions.Logging;

namespace Mano.Mepm.Tests.Loop;

/// <summary>
/// One site in memory: the real book, loop and links, a simulated VIM and a fake platform, on a clock that the test
/// moves. A restart gives it a new process over the same store, VIM and platform.
/// </summary>
internal sealed class SiteWorld : IAsyncDisposable, IGranting, IMeoIntent
{
    public const string Id = "app-1";

    private MemoryStateStore store;
    private readonly SwitchedVim vim;
    private readonly SimulatedVimOptions vimOptions;
    private readonly CancellationTokenSource watching = new();
    private HostLinks? links;
    private InstanceLoop? loop;
    private LoopMetrics? metrics;
    private SiteComparison? comparison;
    private SiteSignals signals = new();
    private int markers;
    private int linksTold;

    public SiteWorld(SimulatedVimOptions? options = null, LoopOptions? loopOptions = null)
    {
        Clock = new();
        store = new MemoryStateStore(Clock);
        vimOptions = options ?? new SimulatedVimOptions();
        Vim = new(vimOptions, Clock);
        vim = new(Vim);
        Platform = new(Journal);
        // Timers must not stand in for a missing signal: nothing is looked at without one for hours.
        Options = loopOptions ?? new LoopOptions { Resync = TimeSpan.FromHours(6), Parallelism = 4 };
    }

    public ManualClock Clock { get; }

    public LoopOptions Options { get; }

    public OrphanOptions Orphans { get; set; } = new();

    public FindingBook Findings { get; private set; } = null!;

    /// <summary>What the MEO says of instances that were found; null: it cannot be asked.</summary>
    public Dictionary<string, Meaning>? Meant { get; set; } = [];

    public Journal Journal { get; } = new();

    public SimulatedVim Vim { get; private set; }

    /// <summary>What stands between the site and its VIM.</summary>
    public SwitchedVim Vims => vim;

    public FakePlatform Platform { get; }

    public CollectedLog Logs { get; } = new();

    /// <summary>Calls that make a compute which have come to the VIM: they were answered, or hang there.</summary>
    public int EnsuresTaken => ((JournalVim)Host.Vim).EnsuresTaken;

    public InstanceBook Book { get; private set; } = null!;

    public InstanceFeed Feed { get; private set; } = null!;

    public MecHost Host { get; private set; } = null!;

    /// <summary>What the MEO says to healing; null: yes.</summary>
    public Failure? HealRefusal { get; set; }

    public int HealsAsked { get; private set; }

    public bool ExpectErrors { get; set; }

    public static async Task<SiteWorld> Start(SimulatedVimOptions? options = null, LoopOptions? loop = null)
    {
        var world = new SiteWorld(options, loop);
        await world.StartProcess();
        await Eventually.Is(() => world.Host.VimLink.IsUp && world.Host.PlatformLink.IsUp && Volatile.Read(ref world.linksTold) >= 2, "both links are up, and the loop has heard it");
        return world;
    }

    public async Task StartProcess()
    {
        var hostOptions = new HostOptions { HostId = "edge-1", Zone = "a", Vim = "Simulated", Platform = new("http://127.0.0.1:1") };
        Host = new(hostOptions, new JournalVim(vim, Journal), Platform, Clock.GetUtcNow());
        var hosts = new MecHosts(_ => throw new InvalidOperationException("This site has one host."));
        hosts.Add(Host);
        Feed = new();
        Book = new(store, Feed);
        await Book.Load(default);
        metrics = new(Book);
        Findings = new(Clock, Logs.CreateLogger<FindingBook>());
        signals = new SiteSignals();
        var runner = new ActionRunner(Book, new NamedImages(), this, Options, Clock);
        var context = new LoopContext(Options, Clock, metrics, Findings, Logs.CreateLogger("loop"));
        var reconciler = new InstanceReconciler(Book, hosts, new Observer(Options, "site-a", Clock), runner, context);
        loop = new(Book, signals, reconciler, Options, Clock);
        linksTold = 0;
        signals.Host += _ => Interlocked.Increment(ref linksTold); // after the loop's own: what is counted here, the loop has heard
        links = new(hosts, signals, Clock, Logs.CreateLogger<HostLinks>());
        var orphans = new OrphanContext(Orphans, Options, "site-a", Clock, Logs.CreateLogger<OrphanSweep>());
        var site = new SiteView(Book, hosts);
        comparison = new(hosts, signals, new(site, this, new(Options, Clock), Findings, orphans), new(site, Findings, orphans), orphans);
        await loop.StartAsync(default);
        await comparison.StartAsync(default);
        await links.StartAsync(default);
    }

    public async Task StopProcess()
    {
        await links!.StopAsync(default);
        await loop!.StopAsync(default);
        await comparison!.StopAsync(default);
        links.Dispose();
        loop.Dispose();
        metrics!.Dispose();
        comparison.Dispose();
        Findings.Dispose();
    }

    public static DesiredInstance Wanted(DesiredPower power = DesiredPower.Started, string platform = "{}", string image = "nginx:1.25", RequiredRestart restart = RequiredRestart.Always) => new()
    {
        HostId = "edge-1",
        Power = power,
        Tenant = "default",
        Platform = new(platform),
        Compute = new()
        {
            Name = "app", MilliCpu = 500, MemoryMib = 256, DiskGib = 1, Restart = restart,
            Images = [new("i", "app", "1", "reference", "", 0, image)],
            Ports = [new("web", "TCP", 8080)],
        },
    };

    public async Task<Outcome<InstanceView>> Desire(long generation, DesiredInstance? desired = null)
    {
        var accepted = await Book.Ensure(Id, generation, desired ?? Wanted(), default);
        loop!.Signal(Id);
        return accepted;
    }

    public async Task<Outcome<InstanceView?>> Remove(long generation, TimeSpan graceful = default)
    {
        var accepted = await Book.Remove(Id, generation, graceful, default);
        loop!.Signal(Id);
        return accepted;
    }

    /// <summary>Has the host compared with what is desired, later by <paramref name="after"/>.</summary>
    public async Task Compare(TimeSpan after)
    {
        await Until(() => Findings.Comparisons.Count == 1, "it was compared a first time");
        Clock.Advance(after);
        var before = Clock.GetUtcNow();
        signals.OfHost("edge-1");
        await Until(() => Findings.Comparisons["edge-1"].At >= before, "it was compared");
    }

    /// <summary>Something about the instance is said to have changed.</summary>
    public void Signal() => loop!.Signal(Id);

    /// <summary>The VIM restarts and has forgotten everything.</summary>
    public void ReplaceVim()
    {
        Vim.Dispose();
        Vim = new(vimOptions, Clock);
        vim.SwitchTo(Vim);
    }

    /// <summary>A compute that nobody of ours asked for.</summary>
    public async Task MakeCompute(string id, long number, VimAdapters.Contract.ComputeSpec spec)
    {
        await Vim.EnsureImageAsync(VimAdapters.Contract.ImageSource.FromName(spec.Images[0].Name), default);
        await Vim.EnsureComputeAsync(id, number, spec, default);
    }

    /// <summary>Waits until both watches have told all that happened so far, and what came of it is done.</summary>
    public async Task AllTold()
    {
        var marker = $"marker-{++markers}";
        await MakeCompute(marker, 1, ComputeSpecs.Of(marker, Wanted(), "site-a", "http://127.0.0.1:7414", new("", false)).Value);
        Platform.Meddle(marker, _ => new() { AppInstanceId = marker, Generation = 1, Phase = PlatformPhase.Configured });
        await Until(() => ((JournalVim)Host.Vim).LastTold == marker && Platform.LastTold == marker && loop!.IsIdle, "the watches told all");
    }

    /// <summary>Every phase that is seen from now on.</summary>
    public ConcurrentQueue<InstancePhase> Watch()
    {
        var phases = new ConcurrentQueue<InstancePhase>();
        _ = Task.Run(async () =>
        {
            await foreach (var told in Feed.Watch(watching.Token))
            {
                if (told.Changed is { } view)
                {
                    phases.Enqueue(view.Status.Phase);
                }
            }
        });
        return phases;
    }

    /// <summary>The site's records are lost, and with them what it knew of instances that are gone.</summary>
    public async Task LoseRecords()
    {
        await StopProcess();
        await store.DisposeAsync();
        store = new MemoryStateStore(Clock);
        await StartProcess();
    }

    public InstanceStatus? Status => Book.Find(Id)?.Status;

    public async Task<InstanceStatus> Steady(long generation)
    {
        await Until(() => Status is { Phase: InstancePhase.Steady } s && s.ObservedGeneration == generation, $"generation {generation} is steady");
        return Status!;
    }

    public Task Gone() => Until(() => Book.Find(Id) is null, "it is gone");

    /// <summary>Waits for a state; time moves, from timer to timer, whenever nobody has anything to do.</summary>
    public async Task Until(Func<bool> state, string what, TimeSpan? within = null)
    {
        var last = Clock.GetUtcNow() + (within ?? TimeSpan.FromMinutes(30));
        var quiet = 0;
        await Eventually.Is(
            () =>
            {
                if (state())
                {
                    return true;
                }

                // Events travel on other threads: only after a few quiet looks is it time that is being waited for.
                quiet = loop!.IsIdle ? quiet + 1 : 0;
                if (quiet > 3 && Clock.GetUtcNow() < last)
                {
                    quiet = 0;
                    Clock.AdvanceToNextTimer(within: TimeSpan.FromMinutes(10));
                }

                return false;
            },
            $"{what}; it is {Status?.Phase} with {string.Join(", ", Status?.Conditions.Select(c => $"{c.Type}={c.Holds} {c.Reason}") ?? [])} {Status?.Failure}; done so far: {string.Join(", ", Journal.Lines)}");
    }

    public async ValueTask DisposeAsync()
    {
        await watching.CancelAsync();
        watching.Dispose();
        await StopProcess();
        Vim.Dispose();
        await store.DisposeAsync();
        Assert.True(ExpectErrors || !Logs.Errors.Any(), $"logged as errors: {string.Join("; ", Logs.Errors)}");
    }

    Task<Failure?> IGranting.RefuseHeal(InstanceRecord record, CancellationToken cancel)
    {
        HealsAsked++;
        return Task.FromResult(HealRefusal);
    }

    Task<(IReadOnlyDictionary<string, Meaning>? Answers, string Why)> IMeoIntent.Ask(IReadOnlyCollection<string> appInstanceIds, CancellationToken cancel) =>
        Task.FromResult<(IReadOnlyDictionary<string, Meaning>?, string)>(
            Meant is { } meant ? (appInstanceIds.ToDictionary(id => id, id => meant.GetValueOrDefault(id)), "") : (null, "The MEO cannot be asked."));

    /// <summary>Images that are only named.</summary>
    private sealed class NamedImages : IImages
    {
        public async Task<bool> Ensure(MecHost host, RequiredImage image, string forInstance, CancellationToken cancel)
        {
            await host.Vim.EnsureImageAsync(VimAdapters.Contract.ImageSource.FromName(image.Reference), cancel);
            return true;
        }

        public void Forget(MecHost host, RequiredImage image)
        {
        }
    }
}
