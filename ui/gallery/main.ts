import "../src/theme/page.css"
import "./ispvm-gallery.ts"
