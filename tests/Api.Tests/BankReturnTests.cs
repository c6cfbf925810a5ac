using System.Net;
using Connect.Api.Tests.Support;

namespace Connect.Api.Tests;

/// <summary>The way to the bank's page and back, over HTTP.</summary>
[Collection(SharedApi.Name)]
public sealed class BankReturnTests(ApiFixture fixture)
{
    private const string AlwaysAuthenticates = "4000002760003184";
    private const string AuthenticatesThenLacksMoney = "4000008260003178";
    private readonly RunningApi api = fixture.Api;

    [Fact]
    public async Task The_customer_comes_back_to_the_purchase_which_is_then_paid_and_again_without_harm()
    {
        var (admin, id, page) = await AtTheBank("bank-1", AlwaysAuthenticates);
        var back = await Answer(page, "approve");
        Assert.StartsWith($"{api.Address}purchases/bank-1/{id}/return", back, StringComparison.Ordinal);

        Assert.Equal($"/credits/buy?purchase={id}", await ComeBack(back));
        Assert.Equal("succeeded", (await admin.Get($"/v1/accounts/bank-1/purchases/{id}")).Ok().Text("status"));
        Assert.Equal($"/credits/buy?purchase={id}", await ComeBack(back));
        Assert.Equal(1_000, (await admin.Get("/v1/accounts/bank-1/credits")).Number("available"));
    }

    [Theory]
    [InlineData(AlwaysAuthenticates, "fail", "card_declined")]
    [InlineData(AuthenticatesThenLacksMoney, "approve", "insufficient_funds")]
    public async Task A_no_of_the_bank_is_known_once_the_customer_is_back(string card, string answer, string code)
    {
        var account = "bank-" + code.Replace('_', '-');
        var (admin, id, page) = await AtTheBank(account, card);
        await ComeBack(await Answer(page, answer));
        var failed = (await admin.Get($"/v1/accounts/{account}/purchases/{id}")).Ok();
        Assert.Equal("failed", failed.Text("status"));
        Assert.Equal(code, failed.Json["failure"]!["code"]!.GetValue<string>());
        Assert.Equal(0, (await admin.Get($"/v1/accounts/{account}/credits")).Number("available"));
    }

    [Fact]
    public async Task Coming_back_without_an_answer_changes_nothing()
    {
        var (admin, id, _) = await AtTheBank("bank-undecided", AlwaysAuthenticates);
        await ComeBack($"/purchases/bank-undecided/{id}/return");
        Assert.Equal("requires_action", (await admin.Get($"/v1/accounts/bank-undecided/purchases/{id}")).Ok().Text("status"));
    }

    [Theory]
    [InlineData("/purchases/nobody/nothing/return", "/credits/buy?purchase=nothing")]
    [InlineData("/purchases/nobody/nothing/return?redirect=https://evil.example", "/credits/buy?purchase=nothing")]
    [InlineData("/purchases/no%20body/nothing/return", "/")]
    [InlineData("/purchases/nobody/%2F%2Fevil.example/return", "/")]
    [InlineData("/purchases/nobody/a%26b/return", "/")]
    public async Task Whatever_the_address_says_it_leads_to_this_host_and_tells_nothing(string path, string to) => Assert.Equal(to, await ComeBack(path));

    private async Task<(Client Admin, string Id, string BankPage)> AtTheBank(string account, string card)
    {
        var admin = await api.SignIn(account);
        (await api.Anonymous().Post($"/sandbox/accounts/{account}/cards", new { number = card, expMonth = 12, expYear = 2031 })).Ok();
        var quote = (await admin.Post($"/v1/accounts/{account}/quotes", new { credits = 1_000 })).Ok().Text("id");
        var purchase = (await admin.Post($"/v1/accounts/{account}/purchases", new { quoteId = quote }, "k1")).Ok();
        Assert.Equal((HttpStatusCode.Accepted, "requires_action"), (purchase.Status, purchase.Text("status")));
        return (admin, quote, purchase.Json["nextAction"]!["url"]!.GetValue<string>());
    }

    private static async Task<string> Answer(string page, string answer)
    {
        using var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        using var form = new FormUrlEncodedContent([new("answer", answer)]);
        using var reply = await browser.PostAsync(page, form);
        return reply.Headers.Location!.ToString();
    }

    private async Task<string> ComeBack(string path)
    {
        using var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        using var reply = await browser.GetAsync(new Uri(api.Address, path));
        Assert.Equal(HttpStatusCode.Found, reply.StatusCode);
        return reply.Headers.Location!.OriginalString;
    }
}
