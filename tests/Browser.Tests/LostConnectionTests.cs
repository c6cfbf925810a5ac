using Microsoft.Playwright;

namespace Connect.Browser.Tests;

[Collection(Browsing.Name)]
public sealed class LostConnectionTests(World world)
{
    [Fact]
    public async Task A_page_whose_server_is_gone_says_as_of_when_its_balance_is_and_comes_back_with_it()
    {
        var page = await world.Open();
        await using var server = await CreditsServer.Start();
        await page.GotoAsync(server.Address + "/sign-in?ReturnUrl=/purchases");
        await page.GetByRole(AriaRole.Button, new() { Name = "Ada Admin" }).ClickAsync();
        await page.ShowsCredits("250");
        await page.PanelIsReady();
        await Assertions.Expect(page.Heading("No purchases yet")).ToBeVisibleAsync();
        await page.Link("Auto top-up").ClickAsync();
        await page.Loaded("Setup auto top-up");
        await page.Says("last-attempt", "None yet");
        await page.Link("Purchases").First.ClickAsync();
        await page.Loaded("Purchases");

        await server.Kill();
        var lost = page.GetByText("Connection lost. What you see may be out of date; reconnecting");
        await Assertions.Expect(lost).ToBeVisibleAsync();
        await page.CreditsButton().ClickAsync();
        await Assertions.Expect(page.Locator(".credits-as-of")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator(".credits-as-of")).ToContainTextAsync("Balance as of ");
        await page.IsAccessible();
        await page.Shot("16-connection-lost");

        var again = await server.Restart();
        await Assertions.Expect(lost).ToBeHiddenAsync();
        await page.ShowsCredits("250");
        await again.Kill();
    }
}
