using Connect.Grains.Messaging;

namespace Connect.Grains.Tests.Messaging;

public sealed class TextTemplateTests
{
    private static string Render(string text, params (string Name, string Value)[] fields)
    {
        var template = new TextTemplate(text);
        return template.Render(template.Values(fields.ToDictionary(field => field.Name, field => field.Value)));
    }

    [Theory]
    [InlineData("Hi {firstName}!", "Hi Ana!")]
    [InlineData("Hi {FIRSTNAME}!", "Hi Ana!")]
    [InlineData("{firstName}{firstName}", "AnaAna")]
    [InlineData("Hi {firstName|there}!", "Hi Ana!")]
    [InlineData("Hi {lastName|there}!", "Hi there!")]
    [InlineData("Hi {empty|there}!", "Hi there!")]
    [InlineData("Hi {lastName}!", "Hi !")]
    [InlineData("{lastName|a|b}", "a|b")]
    [InlineData("Hi { firstName }!", "Hi { firstName }!")]
    [InlineData("{}{1a}{a b}", "{}{1a}{a b}")]
    [InlineData("{{firstName}}", "{Ana}")]
    [InlineData("{firstName", "{firstName")]
    [InlineData("no places", "no places")]
    [InlineData("", "")]
    public void Places_take_the_field_else_the_fallback_else_nothing(string text, string rendered) =>
        Assert.Equal(rendered, Render(text, ("firstName", "Ana"), ("empty", "")));

    [Fact]
    public void A_value_is_not_read_as_a_template() => Assert.Equal("Hi {secret}", Render("Hi {name}", ("name", "{secret}"), ("secret", "x")));

    [Fact]
    public void Fields_are_listed_once_in_order_and_literals_hold_the_rest()
    {
        var template = new TextTemplate("Hi {b}, {a|you} and {B}.");
        Assert.Equal(["b", "a"], template.Fields);
        Assert.Equal("Hi ,  and .", template.Literals);
    }
}
