using Connect.Api.Components;
using Connect.Campaigns;

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
    public async Task Recipients_are_numbers_alone_or_with_a_first_name()
    {
        var lines = await Read("0400000001\r\n\r\n 0400 000 002 , Kim \n0400000003;\"O'Neil, Pat\"");
        Assert.Equal([(1, "0400000001"), (3, "0400 000 002"), (4, "0400000003")], lines.Select(line => (line.Line, line.Recipient.To)));
        Assert.Empty(lines[0].Recipient.Fields);
        Assert.Equal("Kim", lines[1].Recipient.Fields["firstName"]);
        Assert.Equal("O'Neil, Pat", lines[2].Recipient.Fields["firstName"]);
    }

    [Fact]
    public async Task A_header_line_names_the_columns()
    {
        var lines = await Read("firstName,Mobile,table\nSam,0400000001,7\nKim,0400000002");
        Assert.Equal(["0400000001", "0400000002"], lines.Select(line => line.Recipient.To));
        Assert.Equal("Sam", lines[0].Recipient.Fields["firstName"]);
        Assert.Equal("7", lines[0].Recipient.Fields["table"]);
        Assert.False(lines[1].Recipient.Fields.ContainsKey("table"));
    }

    [Theory]
    [InlineData("number\n0400000001,Sam", RowProblem.ColumnCount)]
    [InlineData("0400000001,Sam,7", RowProblem.ColumnCount)]
    [InlineData("04000000000000000000000000000000000000000000000000000000000000001", RowProblem.NumberTooLong)]
    public async Task A_line_that_can_not_be_read_keeps_its_place_and_says_why(string text, RowProblem problem) =>
        Assert.Equal(problem, Assert.Single(await Read(text)).Recipient.Problem);

    [Fact]
    public async Task Separators_behind_the_last_column_are_no_columns() => Assert.Null(Assert.Single(await Read("0400000001,Sam,,")).Recipient.Problem);

    [Theory]
    [InlineData("{note}", 480, null)]
    [InlineData("{note}", 481, RowProblem.FieldTooLong)]
    [InlineData("Hello", 481, null)]
    public async Task A_field_that_the_text_uses_has_at_most_480_characters(string text, int length, RowProblem? problem)
    {
        var line = Assert.Single(await Read("to,note\n0400000001," + new string('a', length)));
        Assert.Equal(problem, RecipientLines.For(line.Recipient, new(text)).Problem);
    }

    [Theory]
    [InlineData(50, null)]
    [InlineData(51, RowProblem.TooManyFields)]
    public async Task A_text_uses_at_most_50_fields_of_a_recipient(int fields, RowProblem? problem)
    {
        var names = Enumerable.Range(1, fields).Select(field => new string('x', field)).ToArray();
        var line = Assert.Single(await Read("to," + string.Join(',', names) + "\n0400000001" + string.Concat(Enumerable.Repeat(",v", fields))));
        Assert.Equal(problem, RecipientLines.For(line.Recipient, new(string.Concat(names.Select(name => $"{{{name}}}")))).Problem);
    }

    [Fact]
    public void Countries_are_named_once_each()
    {
        Assert.Contains(("AU", "Australia"), Countries.All);
        Assert.Equal(Countries.All.Length, Countries.All.DistinctBy(country => country.Code).Count());
        Assert.True(Countries.All.Length > 200);
    }

    [Fact]
    public async Task Nothing_typed_is_nobody() => Assert.Empty(await Read(" \n "));

    private static async Task<List<RecipientLine>> Read(string text)
    {
        var lines = new List<RecipientLine>();
        await foreach (var line in RecipientLines.Read(new StringReader(text)))
            lines.Add(line);
        return lines;
    }
}
