using Connect.Grains.Messaging;

namespace Connect.Grains.Tests.Messaging;

public sealed class MaskedNumberTests
{
    [Theory]
    [InlineData("+61412345678", "+********678")]
    [InlineData("0412 345 678", "**** *** 678")]
    [InlineData("Bistro!", "****ro!")]
    [InlineData("123", "***")]
    [InlineData("+1", "+*")]
    [InlineData("", "")]
    [InlineData(null, "")]
    public void Only_the_last_three_characters_are_left(string? number, string masked) => Assert.Equal(masked, MaskedNumber.Of(number));

    [Fact]
    public void A_number_that_is_an_integer_is_masked_as_it_is_written() => Assert.Equal("+********678", MaskedNumber.Of(61_412_345_678));
}
