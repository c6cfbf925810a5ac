using Connect.Api.Components;

namespace Connect.Browser.Tests;

public sealed class TypedTextTests
{
    [Theory]
    [InlineData("1000", 1_000)]
    [InlineData(" 1,000 ", 1_000)]
    [InlineData("1 000", 1_000)]
    [InlineData("1", 1)]
    public void Credits_are_read_however_they_are_grouped(string typed, long credits) => Assert.Equal((credits, null), Typed.Credits(typed));

    [Theory]
    [InlineData("", null)]
    [InlineData("200", 20_000L)]
    [InlineData("A$1,200.50", 120_050L)]
    [InlineData("$0.01", 1L)]
    public void Money_is_read_into_cents(string typed, long? cents) => Assert.Equal((cents, null), Typed.Money(typed));

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("1.005")]
    [InlineData("lots")]
    public void Money_that_is_none_is_refused_with_a_sentence(string typed)
    {
        var (cents, error) = Typed.Money(typed);
        Assert.Null(cents);
        Assert.StartsWith("Enter an amount", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Recipients_are_numbers_alone_or_with_a_first_name()
    {
        var (recipients, error) = RecipientList.Parse("0400000001\r\n\r\n 0400 000 002 , Kim \n0400000003;\"O'Neil, Pat\"");
        Assert.Null(error);
        Assert.Equal(["0400000001", "0400 000 002", "0400000003"], recipients.Select(recipient => recipient.To));
        Assert.Empty(recipients[0].Fields);
        Assert.Equal("Kim", recipients[1].Fields["firstName"]);
        Assert.Equal("O'Neil, Pat", recipients[2].Fields["firstName"]);
    }

    [Fact]
    public void A_header_line_names_the_columns()
    {
        var (recipients, error) = RecipientList.Parse("firstName,Mobile,table\nSam,0400000001,7\nKim,0400000002");
        Assert.Null(error);
        Assert.Equal(["0400000001", "0400000002"], recipients.Select(recipient => recipient.To));
        Assert.Equal("Sam", recipients[0].Fields["firstName"]);
        Assert.Equal("7", recipients[0].Fields["table"]);
        Assert.False(recipients[1].Fields.ContainsKey("table"));
    }

    [Fact]
    public void A_line_without_a_number_is_named()
    {
        var (recipients, error) = RecipientList.Parse("0400000001\n,Sam");
        Assert.Empty(recipients);
        Assert.Equal("Line 2 has no phone number.", error);
    }

    [Fact]
    public void A_field_may_have_480_characters_and_no_more()
    {
        Assert.Single(RecipientList.Parse("0400000001," + new string('a', 480)).Recipients);
        Assert.Equal("Line 1 is too long: a field has at most 480 characters.", RecipientList.Parse("0400000001," + new string('a', 481)).Error);
    }

    [Fact]
    public void Nothing_typed_is_nobody()
    {
        Assert.Empty(RecipientList.Parse(null).Recipients);
        Assert.Null(RecipientList.Parse(" \n ").Error);
    }
}
