using System.CommandLine;
using Google.Protobuf;
using Mano.Cli.Connection;
using Mano.Mesh.Security;
using Spectre.Console;

namespace Mano.Cli.Terminal;

/// <summary>One run of one verb: its arguments, where it prints, and its connection to the MEO.</summary>
internal sealed class Invocation(Surroundings surroundings, GlobalFlags flags, ParseResult parsed, CancellationToken stop) : IDisposable
{
    private MeoConnection? meo;

    public Surroundings Surroundings => surroundings;

    public IAnsiConsole Out => surroundings.Out;

    public IAnsiConsole Err => surroundings.Err;

    /// <summary>Cancelled by Ctrl-C.</summary>
    public CancellationToken Stop => stop;

    public bool Json => parsed.GetValue(flags.Output) == OutputFormat.Json;

    /// <summary>Connected when first asked for.</summary>
    public MeoConnection Meo => meo ??= new MeoConnection(
        MeoAddress.Find(parsed.GetValue(flags.Meo), surroundings), parsed.GetValue(flags.IdempotencyKey) ?? surroundings.Ids.NewId(), surroundings.Clock, Certificates());

    /// <summary>A connection with everything but a MEO, for what a site is asked at an address that was given.</summary>
    public MeoConnection NoMeo => meo ??= new MeoConnection(
        "", parsed.GetValue(flags.IdempotencyKey) ?? surroundings.Ids.NewId(), surroundings.Clock, Certificates());

    /// <summary>What --meo says; null: nothing.</summary>
    public Uri? NamedMeo => parsed.GetValue(flags.Meo);

    public T Get<T>(Argument<T> argument) => parsed.GetRequiredValue(argument);

    /// <summary>For flags that a part reads by itself.</summary>
    public ParseResult Parsed => parsed;

    public T? Get<T>(Option<T> option) => parsed.GetValue(option);

    public bool Given(Option option) => parsed.GetResult(option) is { Implicit: false };

    /// <summary>The answer: as JSON, or drawn for people.</summary>
    public void Answer(IMessage document, Action<IAnsiConsole> draw) => Answer(() => Documents.Of(document), draw);

    public void Answer(Func<string> document, Action<IAnsiConsole> draw)
    {
        if (Json)
        {
            surroundings.RawOut.WriteLine(document());
        }
        else
        {
            draw(Out);
        }
    }

    /// <summary>A remark for people: on standard error, and not at all beside JSON.</summary>
    public void Remark(string text)
    {
        if (!Json)
        {
            Err.Line(text, "grey");
        }
    }

    public void Dispose() => meo?.Dispose();

    /// <summary>In the form of a Kubernetes secret of type tls, as cert-manager and deploy/k8s/certificates make it.</summary>
    public MeshCertificates? Certificates() => (parsed.GetValue(flags.Tls) ?? surroundings.Variable("MANO_TLS")) is { } folder
        ? MeshCertificates.Load(Path.Combine(folder, "tls.crt"), Path.Combine(folder, "tls.key"), Path.Combine(folder, "ca.crt"))
        : null;
}
