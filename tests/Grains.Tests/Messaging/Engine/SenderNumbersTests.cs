using Connect.Grains.Messaging.Engine;

namespace Connect.Grains.Tests.Messaging.Engine;

public sealed class SenderNumbersTests
{
    [Theory]
    [InlineData("+61480000000", "+61480000000")]
    [InlineData(" +61 480 000 000 ", "+61480000000")]
    [InlineData("+1234567", "+1234567")]
    [InlineData("+123456789012345", "+123456789012345")]
    [InlineData("123", "123")]
    [InlineData("19991999", "19991999")]
    public void These_are_sender_numbers(string given, string kept) => Assert.Equal(kept, SenderNumbers.Parse(given));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("+")]
    [InlineData("+123456")]
    [InlineData("+1234567890123456")]
    [InlineData("12")]
    [InlineData("123456789")]
    [InlineData("+0480000000")]
    [InlineData("0480")]
    [InlineData("BISTRO")]
    [InlineData("+6148000000x")]
    [InlineData("+٦١٤٨٠٠٠٠٠٠")]
    public void These_are_not(string? given) => Assert.Null(SenderNumbers.Parse(given));

    [Theory]
    [InlineData("+61480000000", "61480000000")]
    [InlineData("61480000000", "61480000000")]
    [InlineData("0061480000000", "61480000000")]
    [InlineData("19991", "19991")]
    [InlineData("", null)]
    [InlineData(null, null)]
    [InlineData("BISTRO", null)]
    [InlineData("1234567890123456", null)]
    public void A_number_is_known_by_its_digits(string? given, string? key) => Assert.Equal(key, SenderNumbers.Key(given));
}
