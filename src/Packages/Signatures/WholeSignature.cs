using Mano.Packages.Csar;
using Mano.Packages.Documents;

namespace Mano.Packages.Signatures;

/// <summary>The signature over a whole package (SOL004 §5.1, option 2). Where it is right and its signer trusted, it vouches for every file inside.</summary>
internal sealed class WholeSignature(SignatureCheck check, PackageReadOptions options, FaultList faults)
{
    /// <summary>Whether the signature is right and trusted.</summary>
    internal bool IsVouched { get; private set; }

    internal IReadOnlyList<PackageSigner> Check(Wrapping wrapping, Stream csar)
    {
        var at = new Place(wrapping.Signature ?? wrapping.Csar, "", 0);
        if (options.Signatures == SignaturePolicy.Ignore)
        {
            faults.Warn("signature-ignored", at, "The package is wrapped with its signature, which was not looked at: signatures are ignored here.");
            return [];
        }

        if (wrapping.Signature is null)
        {
            faults.Warn("signature-missing", at, $"The ZIP holds the package {wrapping.Csar} and no signature of it; there is no use in wrapping it so. Put {Path.GetFileNameWithoutExtension(wrapping.Csar)}.cms beside it: "
                + $"openssl cms -sign -binary -md sha256 -signer you.pem -inkey you.key -in {Path.GetFileName(wrapping.Csar)} -outform PEM -out {Path.GetFileNameWithoutExtension(wrapping.Csar)}.cms");
            return [];
        }

        IsVouched = check.CheckWhole(csar, wrapping.Csar, wrapping.Signature, at);
        return check.Signers;
    }
}
