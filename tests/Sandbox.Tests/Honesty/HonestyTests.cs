using Xunit.Abstractions;

namespace Connect.Sandbox.Tests.Honesty;

/// <summary>The sandbox against what nobody here wrote: Stripe's published document, and Stripe.net.</summary>
public sealed class HonestyTests(Walk walk, ITestOutputHelper output) : IClassFixture<Walk>
{
    [Fact]
    public void Every_operation_of_the_sandbox_is_walked_and_is_in_stripes_document()
    {
        Assert.Equal([], walk.Exchanges.Where(exchange => Template(exchange) is null).Select(exchange => $"{exchange.Method} {exchange.Path}").Distinct());
        var walked = walk.Exchanges.Where(exchange => exchange.Status == 200).Select(exchange => $"{exchange.Method} {Template(exchange)}").Distinct().Order().ToList();
        output.WriteLine($"{walk.Exchanges.Count} exchanges, {walked.Count} operations:\n{string.Join('\n', walked)}");
        Assert.Equal(Operations.All.Order(), walked);
    }

    [Fact]
    public void Every_answer_has_the_shape_of_stripes_document_or_a_reason() => Newer.Read("newer-answers.txt").MustExplain(
        walk.Exchanges.SelectMany(exchange => walk.Document.Problems(exchange.Method, Template(exchange)!, exchange.Status, exchange.Body)));

    [Fact]
    public void Every_member_of_an_answer_is_known_to_stripe_net_or_has_a_reason() =>
        Newer.Read("newer-client.txt").MustExplain(walk.Exchanges.SelectMany(exchange => ClientShapes.Unknown(exchange.Body)));

    [Fact]
    public void Every_parameter_is_in_stripes_document_or_has_a_reason()
    {
        Assert.Equal(
            Operations.All.Order(),
            walk.Exchanges.Where(exchange => exchange.Accepts.ContainsKey("")).Select(exchange => $"{exchange.Method} {Template(exchange)}").Distinct().Order());
        Newer.Read("newer-parameters.txt").MustExplain(walk.Exchanges.SelectMany(exchange => exchange.Accepts.SelectMany(group =>
            walk.Document.Parameters(exchange.Method, Template(exchange)!, group.Key) is { } known
                ? group.Value.Except(known).Select(name => $"{exchange.Method} {Template(exchange)} {group.Key}{(group.Key.Length > 0 ? "/" : "")}{name}")
                : [])));
    }

    private string? Template(Exchange exchange) => walk.Document.Template(exchange.Method, exchange.Path);
}
