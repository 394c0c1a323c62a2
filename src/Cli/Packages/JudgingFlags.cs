using System.CommandLine;
using Mano.Cli.Terminal;
using Mano.Mesh.Hosting;
using Mano.Packages;

namespace Mano.Cli.Packages;

/// <summary>How strictly a file is judged here: the flags are those of the MEO that is to take it.</summary>
internal sealed class JudgingFlags
{
    private readonly Option<SignaturePolicy> signatures = MeshFlags.Parsed(
        "--package-signatures", "as the MEO that is to take it: require, warn or ignore (default: warn)", "POLICY", SignaturePolicies.Parse, SignaturePolicy.Warn);

    private readonly Option<string?> trust = new("--package-trust") { Description = "folder of certificates (PEM or DER) whose signatures count, and of lists of revoked ones (.crl)", HelpName = "DIR" };

    public IEnumerable<Symbol> All => [signatures, trust];

    /// <exception cref="Mesh.Failures.FailureException">Usage: the trust store cannot be read.</exception>
    public PackageReadOptions Read(Invocation run)
    {
        try
        {
            return new()
            {
                Signatures = run.Get(signatures), Clock = run.Surroundings.Clock, Scratch = OpenScratch,
                Trust = run.Get(trust) is { } folder ? PackageTrust.FromFolder(Path.GetFullPath(folder, run.Surroundings.Folder)) : PackageTrust.Nobody,
            };
        }
        catch (InvalidDataException e)
        {
            throw Sentences.Usage(e.Message, "--package-trust");
        }
    }

    private static FileStream OpenScratch() => new(
        Path.Combine(Path.GetTempPath(), "mano-" + Path.GetRandomFileName()), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, bufferSize: 64 * 1024, FileOptions.DeleteOnClose);
}
