using System.Text;
using Mano.Mesh.State;

namespace Mano.Meo.Lifecycle;

/// <summary>
/// Operations newest first: stores list keys in ascending order and ids grow with time, so the index is kept under the
/// id's complement, once for all operations and once for those of an instance.
/// </summary>
internal static class OperationIndex
{
    private static readonly ReadOnlyMemory<byte> Nothing = "{}"u8.ToArray();

    /// <summary>Keys of all operations of the tenant.</summary>
    public static string All { get; } = $"operation-newest/{Tenants.Default}/";

    /// <summary>Keys of the operations of all instances, one instance after the other.</summary>
    public static string OfAll { get; } = $"operation-of/{Tenants.Default}/";

    /// <summary>Keys of the operations of one instance.</summary>
    public static string Of(string appInstanceId) => $"{OfAll}{appInstanceId}/";

    /// <summary>Adds the operation to both, in the commit that accepts it.</summary>
    public static Batch Add(Batch batch, string appInstanceId, string operationId) => batch
        .Put(All + Complement(operationId), Nothing)
        .Put(Of(appInstanceId) + Complement(operationId), Nothing);

    /// <summary>Removes the operation from both.</summary>
    public static Batch Remove(Batch batch, string appInstanceId, string operationId) => batch
        .Delete(All + Complement(operationId))
        .Delete(Of(appInstanceId) + Complement(operationId));

    /// <summary>The instance and the operation of a key under <see cref="OfAll"/>.</summary>
    public static (string AppInstanceId, string OperationId) Read(string key)
    {
        var end = key.LastIndexOf('/');
        return (key[OfAll.Length..end], Complement(key[(end + 1)..]));
    }

    /// <summary>The operation's id from the end of a key, and the other way round: each hexadecimal digit d becomes f - d.</summary>
    public static string Complement(string id)
    {
        var text = new StringBuilder(id.Length);
        foreach (var letter in id)
        {
            text.Append(char.IsAsciiHexDigitLower(letter) || char.IsAsciiDigit(letter)
                ? "0123456789abcdef"[15 - Convert.ToInt32(letter.ToString(), 16)]
                : letter);
        }

        return text.ToString();
    }
}
