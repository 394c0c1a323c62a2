using System.Globalization;
using Mano.VimAdapters.Kubernetes.Capacity;

namespace Mano.VimAdapters.Tests.Kubernetes;

/// <summary>Amounts as Kubernetes writes them.</summary>
public sealed class QuantityTests
{
    [Theory]
    [InlineData("0", "0")]
    [InlineData("250m", "0.25")]
    [InlineData("1.5", "1.5")]
    [InlineData("16393244Ki", "16786681856")]
    [InlineData("1.5Gi", "1610612736")]
    [InlineData("1Ei", "1152921504606846976")]
    [InlineData("12e6", "12000000")]
    [InlineData("12E6", "12000000")]
    [InlineData("5E", "5000000000000000000")]
    [InlineData("3k", "3000")]
    [InlineData("200000000n", "0.2")]
    [InlineData("7u", "0.000007")]
    [InlineData("-1", "-1")]
    public void Are_read(string text, string amount) => Assert.Equal(decimal.Parse(amount, CultureInfo.InvariantCulture), Quantity.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("much")]
    [InlineData("1KiB")]
    [InlineData("1 Gi")]
    [InlineData("Gi")]
    public void What_is_none_is_nothing(string? text) => Assert.Null(Quantity.Parse(text));
}
