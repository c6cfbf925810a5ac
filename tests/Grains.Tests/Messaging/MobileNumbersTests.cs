using Connect.Grains.Messaging;

namespace Connect.Grains.Tests.Messaging;

public sealed class MobileNumbersTests
{
    [Theory]
    [InlineData("0491570156", "+61491570156")]
    [InlineData("0491 570 156", "+61491570156")]
    [InlineData("(04) 9157-0156", "+61491570156")]
    [InlineData("+61 491 570 156", "+61491570156")]
    [InlineData("0011 61 491 570 156", "+61491570156")]
    [InlineData("61491570156", "+61491570156")]
    [InlineData("+64 21 123 4567", "+64211234567")]
    [InlineData("+1 201 555 0123", "+12015550123")]
    public void Numbers_in_usual_forms_become_E164(string given, string number) =>
        Assert.Equal(number, MobileNumbers.Format(new MobileNumbers("AU").Normalize(given)!.Value));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("abc")]
    [InlineData("12345")]
    [InlineData("000")]
    [InlineData("049157015")]
    [InlineData("04915701567")]
    [InlineData("+61")]
    [InlineData("+999 491 570 156")]
    [InlineData("1800FLOWERS")]
    [InlineData("1800 160 401")]
    [InlineData("02 9999 9999")]
    [InlineData("0491570156;ext=5")]
    [InlineData("+614915701560491570156049157015604915701560491570156")]
    public void What_can_not_be_a_mobile_is_refused(string? given) => Assert.Null(new MobileNumbers("AU").Normalize(given));

    [Fact]
    public void The_configured_country_gives_the_code() => Assert.Equal("+447400123456", MobileNumbers.Format(new MobileNumbers("GB").Normalize("07400 123456")!.Value));

    [Fact]
    public void Only_real_countries_are_known()
    {
        Assert.True(MobileNumbers.Knows("AU"));
        Assert.False(MobileNumbers.Knows("XX"));
        Assert.False(MobileNumbers.Knows(null));
    }
}
