using System.Net;
using Connect.Api.Auth;
using Connect.Api.Tests.Support;

namespace Connect.Api.Tests;

[Collection(SharedApi.Name)]
public sealed class AccessTests(ApiFixture fixture)
{
    private readonly RunningApi api = fixture.Api;

    public static TheoryData<string, string> BillingAddresses => new()
    {
        { "GET", "credits" }, { "GET", "ledger" }, { "GET", "cards" }, { "GET", "auto-top-up" }, { "GET", "purchases/p1" },
        { "POST", "quotes" }, { "POST", "purchases" }, { "POST", "cards" }, { "POST", "auto-top-up/retry" }, { "PUT", "auto-top-up" },
        { "POST", "cards/pm_1/default" }, { "DELETE", "cards/pm_1" },
    };

    public static TheoryData<string, string> AccountAddresses
    {
        get
        {
            var all = new TheoryData<string, string>
            {
                { "GET", "campaigns" }, { "GET", "campaigns/c1" }, { "GET", "campaigns/c1/recipients" }, { "GET", "automations/welcome" }, { "GET", "events" },
                { "POST", "campaigns" }, { "POST", "campaigns/c1/send" }, { "POST", "campaigns/c1/cancel" }, { "POST", "campaigns/c1/duplicate" },
                { "POST", "automations/welcome/messages" }, { "POST", "messages/estimate" }, { "GET", "campaigns/c1/estimate" },
                { "GET", "alerts" }, { "POST", "alerts/a1/dismiss" }, { "GET", "messaging" }, { "PUT", "messaging" },
                { "GET", "opt-outs" }, { "POST", "opt-outs" }, { "DELETE", "opt-outs/0412345678" },
            };
            foreach (var row in (IEnumerable<object[]>)BillingAddresses)
                all.Add((string)row[0], (string)row[1]);
            return all;
        }
    }

    [Theory, MemberData(nameof(AccountAddresses))]
    public async Task Without_a_token_nothing_of_an_account_is_told(string method, string path) =>
        (await Call(api.Anonymous(), method, $"/v1/accounts/access-1/{path}")).Problem(401, "sign-in-required");

    [Theory, MemberData(nameof(AccountAddresses))]
    public async Task A_token_of_another_account_opens_nothing(string method, string path)
    {
        await api.SignIn("access-1");
        var stranger = await api.SignIn("access-2");
        (await Call(stranger, method, $"/v1/accounts/access-1/{path}")).Problem(403, "account-access-denied");
    }

    [Theory, MemberData(nameof(BillingAddresses))]
    public async Task A_member_sees_and_buys_no_credits(string method, string path) =>
        (await Call(await api.SignIn("access-1", "member"), method, $"/v1/accounts/access-1/{path}")).Problem(403, "billing-access-required");

    [Theory]
    [InlineData("admin")]
    [InlineData("billing")]
    [InlineData("operator")]
    public async Task Admins_billing_and_operators_see_credits(string role) =>
        Assert.Equal(0, (await (await api.SignIn("access-1", role)).Get("/v1/accounts/access-1/credits")).Ok().Number("available"));

    [Fact]
    public async Task A_member_lists_campaigns() =>
        (await (await api.SignIn("access-1", "member")).Get("/v1/accounts/access-1/campaigns")).Ok();

    [Fact]
    public async Task An_operator_reads_any_account_and_buys_for_none()
    {
        await api.SignIn("access-1");
        var staff = await api.SignIn("access-2", "operator");
        (await staff.Get("/v1/accounts/access-1/credits")).Ok();
        (await staff.Post("/v1/accounts/access-1/quotes", new { credits = 1000 })).Problem(403, "account-access-denied");
        (await staff.Get("/v1/accounts/never-opened/credits")).Problem(404, "not-found");
        (await staff.Get("/v1/accounts/never-opened/ledger")).Problem(404, "not-found");
        (await staff.Get("/v1/accounts/never-opened/ledger?after=7")).Problem(404, "not-found");
        Assert.Empty((await staff.Get("/v1/accounts/access-1/ledger?after=7")).Ok().Json["entries"]!.AsArray());
        (await staff.Get("/v1/accounts/a%20b/credits")).Problem(400, "validation", "accountId");
    }

    [Theory]
    [InlineData("GET", "/v1/operator/accounts/access-1")]
    [InlineData("POST", "/v1/operator/accounts/access-1/grants")]
    [InlineData("POST", "/v1/operator/accounts/access-1/voids")]
    [InlineData("POST", "/v1/operator/accounts/access-1/auto-top-up/resume")]
    [InlineData("POST", "/v1/operator/reconcile")]
    [InlineData("PUT", "/v1/operator/accounts/access-1/sender")]
    [InlineData("GET", "/v1/operator/opt-outs")]
    [InlineData("DELETE", "/v1/operator/opt-outs/0412345678")]
    public async Task Only_operators_operate(string method, string path)
    {
        (await Call(api.Anonymous(), method, path)).Problem(401, "sign-in-required");
        (await Call(await api.SignIn("access-1"), method, path)).Problem(403, "operator-required");
    }

    [Fact]
    public async Task A_token_that_was_tampered_with_is_refused()
    {
        var token = (await api.Anonymous().Post("/sandbox/token", new { accountId = "access-1", userId = "u", role = "member" })).Text("token");
        var parts = token.Split('.');
        var claims = System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(Padded(parts[1]))).Replace("member", "admin");
        var forged = $"{parts[0]}.{Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(claims)).TrimEnd('=').Replace('+', '-').Replace('/', '_')}.{parts[2]}";
        (await new Client(api.Address, forged).Get("/v1/accounts/access-1/credits")).Problem(401, "sign-in-required");
        (await new Client(api.Address, "rubbish").Get("/v1/accounts/access-1/credits")).Problem(401, "sign-in-required");

        static string Padded(string text) => text.Replace('-', '+').Replace('_', '/') + new string('=', (4 - (text.Length % 4)) % 4);
    }

    [Fact]
    public async Task A_demo_person_signs_in_on_a_browser_and_stays_on_this_host()
    {
        using var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = true }) { BaseAddress = api.Address };
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["person"] = "admin", ["returnUrl"] = "//evil.example/" });
        using var signedIn = await browser.PostAsync("/sandbox/sign-in", form);
        Assert.Equal(HttpStatusCode.Redirect, signedIn.StatusCode);
        Assert.Equal("/", signedIn.Headers.Location!.OriginalString);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/v1/accounts/demo/credits")).StatusCode);

        using var out1 = await browser.PostAsync("/sandbox/sign-out", null);
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync("/v1/accounts/demo/credits")).StatusCode);
    }

    [Theory]
    [InlineData("cross-site", HttpStatusCode.Forbidden)]
    [InlineData("same-site", HttpStatusCode.Forbidden)]
    [InlineData("same-origin", HttpStatusCode.OK)]
    [InlineData("none", HttpStatusCode.OK)]
    [InlineData(null, HttpStatusCode.OK)]
    public async Task A_page_from_elsewhere_can_not_use_the_cookie_of_a_person(string? site, HttpStatusCode expected)
    {
        using var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = true }) { BaseAddress = api.Address };
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["person"] = "admin" });
        (await browser.PostAsync("/sandbox/sign-in", form)).Dispose();
        var token = (await api.Anonymous().Post("/sandbox/token", new { accountId = "demo", userId = "u", role = "admin" })).Text("token");

        using var post = await Send(HttpMethod.Post, "/v1/accounts/demo/quotes", """{"credits":1000}""");
        Assert.Equal(expected, post.StatusCode);
        if (expected == HttpStatusCode.Forbidden)
            Assert.Contains("\"type\":\"cross-site-request\"", await post.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var put = await Send(HttpMethod.Put, "/V1/accounts/demo/auto-top-up", "{}");
        Assert.Equal(expected == HttpStatusCode.Forbidden, put.StatusCode == HttpStatusCode.Forbidden);
        using var delete = await Send(HttpMethod.Delete, "/v1/accounts/demo/cards/pm_none", "");
        Assert.Equal(expected == HttpStatusCode.Forbidden, delete.StatusCode == HttpStatusCode.Forbidden);
        using var get = await Send(HttpMethod.Get, "/v1/accounts/demo/credits", "");
        Assert.Equal(HttpStatusCode.OK, get.StatusCode);
        using var bearer = await Send(HttpMethod.Post, "/v1/accounts/demo/quotes", """{"credits":1000}""", token);
        Assert.Equal(HttpStatusCode.OK, bearer.StatusCode);

        async Task<HttpResponseMessage> Send(HttpMethod method, string path, string body, string? bearer = null)
        {
            using var request = new HttpRequestMessage(method, path);
            if (body.Length > 0)
                request.Content = new StringContent(body, null, "application/json");
            if (site is not null)
                request.Headers.Add("Sec-Fetch-Site", site);
            if (bearer is not null)
                request.Headers.Authorization = new("Bearer", bearer);
            return await browser.SendAsync(request);
        }
    }

    [Theory]
    [InlineData(null, "a", Need.ReadCredits, "sign-in-required")]
    [InlineData(Role.Member, "a", Need.UseCampaigns, null)]
    [InlineData(Role.Member, "a", Need.ManageCredits, "billing-access-required")]
    [InlineData(Role.Member, "b", Need.ManageCredits, "account-access-denied")]
    [InlineData(Role.Billing, "a", Need.ManageCredits, null)]
    [InlineData(Role.Billing, "a", Need.Operate, "operator-required")]
    [InlineData(Role.Admin, "b", Need.ReadCampaigns, "account-access-denied")]
    [InlineData(Role.Operator, "b", Need.ReadCredits, null)]
    [InlineData(Role.Operator, "b", Need.Operate, null)]
    [InlineData(Role.Member, "a", Need.ManageMessaging, null)]
    [InlineData(Role.Admin, "a", Need.ManageMessaging, null)]
    [InlineData(Role.Billing, "a", Need.ManageMessaging, "campaign-access-required")]
    [InlineData(Role.Billing, "a", Need.ReadMessaging, "campaign-access-required")]
    [InlineData(Role.Billing, "b", Need.ReadMessaging, "account-access-denied")]
    [InlineData(Role.Operator, "b", Need.ReadMessaging, null)]
    [InlineData(Role.Operator, "b", Need.ManageMessaging, "account-access-denied")]
    [InlineData(Role.Operator, "a", Need.UseCampaigns, "account-access-denied")]
    public void Who_may_do_what_is_decided_in_one_place(Role? role, string accountId, Need need, string? refusal) =>
        Assert.Equal(refusal, Access.Refusal(role is { } known ? new("u", "U", known, "a") : null, accountId, need)?.Type);

    private static Task<Reply> Call(Client client, string method, string path) => method switch
    {
        "GET" => client.Get(path),
        "PUT" => client.Put(path, new { }),
        "DELETE" => client.Delete(path),
        _ => client.Post(path, new { }, key: "k"),
    };
}
