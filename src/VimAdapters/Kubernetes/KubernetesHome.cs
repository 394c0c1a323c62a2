using System.Text.RegularExpressions;
using Mano.VimAdapters.Kubernetes.Api;
using Mano.VimAdapters.Kubernetes.Capacity;
using Mano.VimAdapters.Kubernetes.Charts;
using Mano.VimAdapters.Kubernetes.Connection;
using Mano.VimAdapters.Kubernetes.Images;
using Mano.VimAdapters.Kubernetes.Keeping;
using Mano.VimAdapters.Kubernetes.Objects;
using Mano.VimAdapters.Kubernetes.Records;
using Mano.VimAdapters.Registration;
using Mano.VimAdapters.Storage;
using Microsoft.Extensions.Logging;

namespace Mano.VimAdapters.Kubernetes;

/// <summary>The parts of an opened adapter, put together in one place.</summary>
internal sealed partial class KubernetesHome : IAsyncDisposable
{
    private const string UsualNamespace = "mano";

    private readonly FolderLock folderLock;

    private KubernetesHome(FolderLock folderLock) => this.folderLock = folderLock;

    public required KubernetesParts Parts { get; init; }

    public required ClusterFacts Facts { get; init; }

    public required UsageMeter Meter { get; init; }

    public required ImageShelf Images { get; init; }

    public required ComputeKeeper Keeper { get; init; }

    /// <summary>Checks the options and takes the folder. The cluster need not be there yet.</summary>
    public static KubernetesHome Open(KubernetesOptions options, TimeProvider clock, ILogger logger)
    {
        var access = Check(options, clock);
        var folderLock = FolderLock.Take(options.Folder);
        try
        {
            var mark = new ComputeMark(options.Owner, options.Namespace.Length > 0 ? options.Namespace : access.Namespace.Length > 0 ? access.Namespace : UsualNamespace);
#pragma warning disable CA2000 // the parts own both, and the home the parts
            var api = new KubeApi(new ApiConnection(access, options.CallTimeout, clock), options.PageSize);
#pragma warning restore CA2000
            var parts = new KubernetesParts(api, options, mark, new(api, mark), new(api, mark, options), new(mark, options));
            var remover = new ObjectRemover(api, mark, options, logger);
            var applier = new ObjectApplier(api, mark, logger);
            var images = new ImageShelf(options.Folder, options.MaxChartBytes);
            var helm = HelmProgram.Find(options.HelmPath, options.HelmTimeout, clock);
            var charts = new ChartMover(parts, new(parts, helm, images), applier, remover, new(parts, applier, logger));
            var mover = new ComputeMover(parts, applier, remover, charts, logger);
            Log.Opened(logger, access.Server, access.Source, mark.Owner, mark.Home);
            return new(folderLock)
            {
                Parts = parts,
                Facts = new(parts, helm?.Path, isInside: options.Kubeconfig.Length == 0),
                Meter = new(parts),
                Images = images,
                Keeper = new(parts, mover, remover, logger),
            };
        }
        catch
        {
            folderLock.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Keeper.DisposeAsync();
        Facts.Dispose();
        Parts.Api.Dispose();
        folderLock.Dispose();
    }

    private static ApiAccess Check(KubernetesOptions options, TimeProvider clock)
    {
        IReadOnlyList<string> faults;
        var access = options.Kubeconfig.Length > 0
            ? Kubeconfig.Read(options.Kubeconfig, options.Context, options.AllowInsecure, clock, out faults)
            : InCluster.Find(Environment.GetEnvironmentVariable, InCluster.UsualFolder, clock, out faults);
        OptionsRules.Check(KubernetesVim.AdapterName, options,
        [
            .. faults.Select(f => options.Kubeconfig.Length > 0 ? $"Kubeconfig: {f}" : f),
            .. OwnerPattern().IsMatch(options.Owner) ? Array.Empty<string>()
                : [$"Owner: '{options.Owner}' is refused; 1 to 40 characters of [a-z0-9-], the first and last no '-', because it becomes a part of names in the cluster."],
            .. options.Namespace.Length == 0 || NamespacePattern().IsMatch(options.Namespace) ? Array.Empty<string>()
                : [$"Namespace: '{options.Namespace}' is no name of a namespace; 1 to 63 characters of [a-z0-9-] would be right."],
            .. PrefixPattern().IsMatch(options.NamespacePrefix) ? Array.Empty<string>()
                : [$"NamespacePrefix: '{options.NamespacePrefix}' is refused; 1 to 30 characters of [a-z0-9-], the first a letter or a digit."],
        ]);
        return access!;
    }

    [GeneratedRegex(@"\A[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?\z")]
    private static partial Regex OwnerPattern();

    [GeneratedRegex(@"\A[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\z")]
    private static partial Regex NamespacePattern();

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9-]{0,29}\z")]
    private static partial Regex PrefixPattern();
}
