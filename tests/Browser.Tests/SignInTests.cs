using Microsoft.Playwright;

namespace Connect.Browser.Tests;

[Collection(Browsing.Name)]
public sealed class SignInTests(World world)
{
    [Fact]
    public async Task A_visitor_is_asked_to_sign_in_and_then_gets_the_page_asked_for()
    {
        await world.Reset(250);
        var page = await world.Open();
        await page.GotoAsync("/credits/auto-top-up");
        await page.IsAt("/sign-in");
        await page.IsAccessible();
        await page.Shot("01-sign-in");
        await page.GetByRole(AriaRole.Button, new() { Name = "Bill Billing" }).ClickAsync();
        await page.Loaded("Setup auto top-up");
    }

    [Fact]
    public async Task Signing_out_ends_the_session()
    {
        var page = await world.SignedIn(anew: true);
        await page.Loaded("Campaigns");
        await page.Button("Sign out").ClickAsync();
        await page.IsAt("/sign-in");
        await page.GotoAsync("/credits/buy");
        await page.IsAt("/sign-in");
    }

    [Fact]
    public async Task Signing_out_in_one_tab_signs_out_of_all()
    {
        var page = await world.SignedIn(anew: true);
        var other = await page.Context.NewPageAsync();
        await other.GotoAsync("/automations");
        await other.Loaded("Automations");
        await page.Button("Sign out").ClickAsync();
        await page.IsAt("/sign-in");
        await other.IsAt("/sign-in");
    }

    [Fact]
    public async Task Signing_in_never_leads_to_another_host()
    {
        var page = await world.SignedIn(path: "//example.com/", anew: true);
        await page.Loaded("Campaigns");
        Assert.StartsWith(world.Address + "/", page.Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_member_sees_no_credits_and_is_told_whom_to_ask()
    {
        await world.Reset(250);
        var page = await world.SignedIn("Mel Member");
        await page.Loaded("Campaigns");
        await Assertions.Expect(page.GetByText("Mel Member")).ToBeVisibleAsync();
        await Assertions.Expect(page.CreditsButton()).ToHaveCountAsync(0);
        foreach (var path in new[] { "/credits/buy", "/credits/auto-top-up", "/cards", "/purchases" })
        {
            await page.Follow(path);
            await page.IsAt(path);
            await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Ask an admin on your account to buy credits for you, or to grant you billing access.");
            await page.IsAccessible();
        }
        await page.Shot("12-member-refused");
    }

    [Fact]
    public async Task An_operator_looks_but_buys_and_sends_nothing()
    {
        await world.Reset(250);
        var page = await world.SignedIn("Otto Operator");
        await page.Loaded("Campaigns");
        await page.ShowsCredits("250");
        await page.PanelIsReady();
        await page.CreditsButton().ClickAsync();
        await Assertions.Expect(page.CreditsPanel()).ToContainTextAsync("credits available");
        await Assertions.Expect(page.CreditsPanel().GetByRole(AriaRole.Link)).ToHaveCountAsync(0);
        await Assertions.Expect(page.GetByRole(AriaRole.Link, new() { Name = "New campaign" })).ToHaveCountAsync(0);
    }
}
