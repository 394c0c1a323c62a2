using System.CommandLine;
using System.Globalization;
using Mano.Cli.Terminal;
using Mano.Mesh.Hosting;
using Mano.VimAdapters.Contract;

namespace Mano.Cli.Vims;

/// <summary>What <c>mano vim conformance</c> is told.</summary>
internal sealed class ConformanceFlags
{
    private static readonly IReadOnlyDictionary<string, ImageFormat> Formats = new Dictionary<string, ImageFormat>(StringComparer.Ordinal)
    {
        ["executable"] = ImageFormat.Executable, ["rootfs"] = ImageFormat.RootFsArchive, ["container"] = ImageFormat.ContainerArchive, ["qcow2"] = ImageFormat.Qcow2,
        ["raw"] = ImageFormat.Raw, ["chart"] = ImageFormat.HelmChart,
    };

    public Argument<Uri?> Address { get; } = new("ADDRESS")
    {
        Description = "gRPC of the adapter: http://127.0.0.1:7431; or --adapter", Arity = ArgumentArity.ZeroOrOne, DefaultValueFactory = _ => null,
        CustomParser = result => Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            ? url : Refuse<Uri>(result, $"'{result.Tokens[0].Value}' is not the address of an adapter; write http://127.0.0.1:7431."),
    };

    public Option<string?> Adapter { get; } = ShippedAdapter.NameFlag("an adapter that ships, instead of an address");

    public Option<string[]> Settings { get; } = ShippedAdapter.SettingsFlag();

    public Option<string?> Image { get; } = new("--image") { Description = "what the computes run: it must not end by itself; default: made by the kit", HelpName = "FILE" };

    public Option<ImageFormat?> Format { get; } = new("--format")
    {
        Description = "how --image is packed", HelpName = string.Join('|', Formats.Keys),
        CustomParser = result => Formats.TryGetValue(result.Tokens[0].Value, out var format)
            ? format : Refuse<ImageFormat?>(result, $"--format: '{result.Tokens[0].Value}' is not one; there are {string.Join(", ", Formats.Keys)}."),
    };

    public Option<string?> ImageName { get; } = new("--image-name") { Description = "an image of the VIM's own catalogue or registry, instead of --image", HelpName = "NAME" };

    public Option<string?> EndingImage { get; } = new("--ending-image") { Description = "an image of the same format that ends with 3 at once", HelpName = "FILE" };

    public Option<string?> Chart { get; } = new("--chart") { Description = "a packaged chart whose computes run", HelpName = "FILE" };

    public Option<VimResources> Size { get; } = MeshFlags.Parsed("--size", "what one compute takes: thousandths of a CPU, MiB, GiB; there must be room for ten", "CPU,MEMORY,DISK", ParseSize, new(50, 32, 0));

    public Option<TimeSpan> Patience { get; } = MeshFlags.Duration("--patience", "how long a call or a state may take", TimeSpan.FromMinutes(5));

    public Option<int> Repeat { get; } = new("--repeat")
    {
        Description = "how often a repetition is repeated", HelpName = "N", DefaultValueFactory = _ => 10,
        Validators = { result => { if (result.Tokens is [{ Value: var n }] && !(int.TryParse(n, CultureInfo.InvariantCulture, out var times) && times is >= 2 and <= 1000)) { result.AddError("--repeat: 2 to 1000 is right."); } } },
    };

    public Option<string?> RestartWith { get; } = new("--restart-with") { Description = "shell command that restarts the adapter's process, for the checks on restarts", HelpName = "COMMAND" };

    public Option<string[]> Only { get; } = new("--only") { Description = "checks whose name or sentence has this in it, * stands for anything; may be repeated", HelpName = "PATTERN", DefaultValueFactory = _ => [] };

    public Option<bool> List { get; } = new("--list") { Description = "list the checks, what they need and which rule they prove, and run none" };

    public Option<bool> Json { get; } = new("--json") { Description = "the same as --output json" };

    public IReadOnlyList<Symbol> All => [Address, Adapter, Settings, Image, Format, ImageName, EndingImage, Chart, Size, Patience, Repeat, RestartWith, Only, List, Json];

    private static VimResources ParseSize(string text)
    {
        var parts = text.Split(',').Select(p => long.TryParse(p, NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : -1).ToArray();
        return parts is [>= 0, >= 0, >= 0] ? new(parts[0], parts[1], parts[2]) : throw new FormatException($"'{text}' is not a size; write 500,256,1.");
    }

    private static T? Refuse<T>(System.CommandLine.Parsing.ArgumentResult result, string sentence)
    {
        result.AddError(sentence);
        return default;
    }
}
