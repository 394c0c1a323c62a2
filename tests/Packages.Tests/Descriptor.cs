using System.Text;

namespace Mano.Packages.Tests;

/// <summary>Reads descriptors that come alone.</summary>
internal static class Descriptor
{
    internal static PackageReading Read(string text, PackageReadOptions? options = null) => Read(Encoding.UTF8.GetBytes(text), options);

    internal static PackageReading Read(byte[] bytes, PackageReadOptions? options = null)
    {
        using var stream = new MemoryStream(bytes);
        return PackageReader.Read(stream, options);
    }

    internal static PackageContent Accepted(string text)
    {
        var reading = Read(text);
        Assert.True(reading.Content is not null, string.Join('\n', reading.Errors));
        return reading.Content!;
    }
}
