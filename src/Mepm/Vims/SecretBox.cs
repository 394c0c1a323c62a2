using System.Security.Cryptography;
using System.Text;
using Mano.Mesh.Failures;

namespace Mano.Mepm.Vims;

/// <summary>
/// Encrypts secrets for the store: AES-256-GCM, another nonce each time, and what the secret is for as associated data, so that one that is
/// copied to another name or another VIM does not open. As text: <c>v1.KEY-ID.BASE64(nonce, tag, content)</c>.
/// </summary>
internal sealed class SecretBox(DataKeyFile keys)
{
    private const string Version = "v1";

    private static readonly int NonceSize = AesGcm.NonceByteSizes.MaxSize;
    private static readonly int TagSize = AesGcm.TagByteSizes.MaxSize;

    public DataKeyFile Keys => keys;

    /// <param name="secret">What nobody is to read.</param>
    /// <param name="about">What it is for: it opens for nothing else.</param>
    public string Seal(string secret, string about)
    {
        var key = keys.Current();
        var content = Encoding.UTF8.GetBytes(secret);
        var whole = new byte[NonceSize + TagSize + content.Length];
        var parts = Parts(whole);
        RandomNumberGenerator.Fill(parts.Nonce);
        using var aes = new AesGcm(key.Bytes, TagSize);
        aes.Encrypt(parts.Nonce, content, parts.Cipher, parts.Tag, Encoding.UTF8.GetBytes(about));
        CryptographicOperations.ZeroMemory(content);
        return $"{Version}.{key.Id}.{Convert.ToBase64String(whole)}";
    }

    /// <summary>Refused where the key is not in the file any more, or the text was tampered with.</summary>
    public Outcome<string> Open(string sealedText, string about)
    {
        if (sealedText.Split('.') is not [Version, var keyId, var base64])
        {
            return Lost(about, "is not in a form that this release reads");
        }

        if (keys.Find(keyId) is not { } key)
        {
            return Lost(about, $"is encrypted with key {keyId}, which is not in {keys.Path}");
        }

        try
        {
            var whole = Convert.FromBase64String(base64);
            var parts = Parts(whole);
            var content = new byte[parts.Cipher.Length];
            using var aes = new AesGcm(key.Bytes, TagSize);
            aes.Decrypt(parts.Nonce, parts.Cipher, parts.Tag, content, Encoding.UTF8.GetBytes(about));
            return Outcome<string>.Of(Encoding.UTF8.GetString(content));
        }
        catch (Exception e) when (e is CryptographicException or FormatException or ArgumentException)
        {
            return Lost(about, "was changed in the store, or belongs to something else");
        }
    }

    private static Failure Lost(string about, string how) =>
        new(FailureKind.IllegalState, "SECRET_LOST", $"The secret {about} cannot be read: it {how}. Give it again, or put the key back.", about);

    private static Pieces Parts(byte[] whole) => whole.Length >= NonceSize + TagSize ? new(whole) : throw new FormatException("too short");

    /// <summary>Nonce, tag and content of a sealed secret, in one piece of memory.</summary>
    private readonly ref struct Pieces(byte[] whole)
    {
        public Span<byte> Nonce { get; } = whole.AsSpan(0, NonceSize);

        public Span<byte> Tag { get; } = whole.AsSpan(NonceSize, TagSize);

        public Span<byte> Cipher { get; } = whole.AsSpan(NonceSize + TagSize);
    }
}
