using System.Net.Sockets;
using System.Text;
using Connect.Api.Tests.Support;

namespace Connect.Api.Tests;

/// <summary>Lists that are only priced are read as those of campaigns are: as they come, and with the same words for what is wrong with them.</summary>
[Collection(SharedApi.Name)]
public sealed class EstimateTests(ApiFixture fixture)
{
    private readonly RunningApi api = fixture.Api;

    [Fact]
    public async Task A_list_that_is_too_long_is_refused_before_it_has_ended()
    {
        var admin = await api.SignIn("price-1");
        using var connection = new TcpClient();
        await connection.ConnectAsync(api.Address.Host, api.Address.Port);
        var stream = connection.GetStream();
        var rows = "{\"text\":\"t\",\"recipients\":[" + string.Concat(Enumerable.Repeat("\"1\",", 100_001));
        // The body is said to be longer than what ever comes of it.
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /v1/accounts/price-1/messages/estimate HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: {admin.Http.DefaultRequestHeaders.Authorization}\r\nContent-Type: application/json\r\nContent-Length: {rows.Length + 1_000}\r\n\r\n{rows}"));
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        using var answer = new StreamReader(stream);
        Assert.Equal("HTTP/1.1 400 Bad Request", await answer.ReadLineAsync(limit.Token));
        for (var line = ""; !line.Contains("at most 100000 recipients", StringComparison.Ordinal);)
            line = await answer.ReadLineAsync(limit.Token) ?? throw new InvalidOperationException("The answer does not say why.");
    }

    [Fact]
    public async Task Only_what_the_text_uses_counts_and_a_row_out_of_bounds_is_left_out_as_in_a_campaign()
    {
        var admin = await api.SignIn("price-2");
        var body = new
        {
            recipients = new object[]
            {
                new { to = "0412345678", fields = new Dictionary<string, string> { ["name"] = "Ann", ["remark"] = new('r', 5_000) } },
                new { to = "0412345679", fields = new Dictionary<string, string> { ["name"] = new('n', 481) } },
                new { to = new string('4', 65) },
                "0412345680",
            },
            text = "Hi {name}",
        };
        var estimate = (await admin.Post("/v1/accounts/price-2/messages/estimate", body)).Ok();
        var draft = (await admin.Post("/v1/accounts/price-2/campaigns", new { name = "n", body.text, body.recipients })).Ok();
        Assert.Equal((2, 2, 2), (estimate.Number("recipients"), estimate.Number("skipped"), estimate.Number("credits")));
        Assert.Equal((draft.Number("skipped"), draft.Number("creditsNeeded")), (estimate.Number("skipped"), estimate.Number("credits")));
    }

    [Theory]
    [InlineData(470, "{name|everybody at home}", 1, 3)]
    [InlineData(462, "{name|everybody at home}", 0, 6)]
    [InlineData(2, "{name|LONG}", 1, 1)]
    public async Task A_text_that_is_only_longer_than_three_parts_with_its_places_written_out_is_priced_as_its_campaign_is(int length, string place, int skipped, int credits)
    {
        var account = $"price-6-{length}-{credits}";
        var admin = await api.SignIn(account);
        var text = new string('a', length) + place.Replace("LONG", new('b', 490), StringComparison.Ordinal);
        object[] recipients = [new { to = "0412345678", fields = new { name = "Ann" } }, new { to = "0412345679" }];
        var estimate = (await admin.Post($"/v1/accounts/{account}/messages/estimate", new { text, recipients })).Ok();
        Assert.Equal((skipped, credits), (estimate.Number("skipped"), estimate.Number("credits")));
        var draft = (await admin.Post($"/v1/accounts/{account}/campaigns", new { name = "n", text, recipients })).Ok();
        Assert.Equal((skipped, credits), (draft.Number("skipped"), draft.Number("creditsNeeded")));
    }

    [Fact]
    public async Task A_text_that_is_too_long_for_everybody_is_refused_as_its_campaign_is()
    {
        var admin = await api.SignIn("price-7");
        var body = new { name = "n", text = new string('a', 481) + "{name}", recipients = new[] { "0412345678" } };
        (await admin.Post("/v1/accounts/price-7/messages/estimate", body)).Problem(422, "message-too-long", "text");
        (await admin.Post("/v1/accounts/price-7/campaigns", body)).Problem(422, "message-too-long", "text");
    }

    [Fact]
    public async Task Whoever_opted_out_is_not_paid_for_and_numbers_are_of_the_account_s_country()
    {
        var admin = await api.SignIn("price-5");
        (await admin.Put("/v1/accounts/price-5/messaging", new { country = "NZ" })).Ok();
        (await admin.Post("/v1/accounts/price-5/opt-outs", new { numbers = new[] { "+64211234567" } })).Ok();
        var body = new { text = "Hello", recipients = new[] { "021 123 4567", "021 123 4568", "0412345678" } };
        var estimate = (await admin.Post("/v1/accounts/price-5/messages/estimate", body)).Ok();
        var draft = (await admin.Post("/v1/accounts/price-5/campaigns", new { name = "n", body.text, body.recipients })).Ok();
        Assert.Equal(1, draft.Json["skippedBy"]!["optedOut"]!.GetValue<int>());
        Assert.Equal((draft.Number("creditsNeeded"), draft.Number("skipped")), (estimate.Number("credits"), estimate.Number("skipped")));
        Assert.NotEqual(0, estimate.Number("credits"));
    }

    [Theory]
    [InlineData("""{"text":"t","recipients":["0412345678",{"to":5}]}""", "recipients[1]")]
    [InlineData("""{"text":"t","recipients":["0412345678",{"fields":{}}]}""", "recipients[1].to")]
    [InlineData("""{"text":"t","recipients":["0412345678",{"to":"0412345679","fields":{"name":null}}]}""", "recipients[1].fields.name")]
    [InlineData("""{"text":"t","recipients":5}""", "recipients")]
    [InlineData("""{"text":5,"recipients":[]}""", "text")]
    [InlineData("""{"recipients":[]}""", "text")]
    [InlineData("""{"text":"t"}""", "recipients")]
    [InlineData("""{"text":"t","recipients":[""", "recipients[0]")]
    [InlineData("[]", "body")]
    public async Task What_can_not_be_read_is_named_by_its_place(string body, string field) =>
        (await (await api.SignIn("price-3")).PostText("/v1/accounts/price-3/messages/estimate", body)).Problem(400, "validation", field);

    [Fact]
    public async Task Nobody_costs_nothing_and_csv_is_not_taken()
    {
        var admin = await api.SignIn("price-4");
        Assert.Equal(0, (await admin.PostText("/v1/accounts/price-4/messages/estimate", """{"text":"t","recipients":[]}""")).Ok().Number("credits"));
        (await admin.PostText("/v1/accounts/price-4/messages/estimate", "to\n0412345678", "text/csv")).Problem(415, "unsuitable-request");
    }
}
